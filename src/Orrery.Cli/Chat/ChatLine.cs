namespace Orrery.Cli.Chat;

/// <summary>What a person typed in a conversation. Lines that start with a slash are for the program, all others for the model.</summary>
internal abstract record ChatLine
{
    public sealed record Say(string Text) : ChatLine;

    /// <param name="Text">Empty: without one.</param>
    public sealed record System(string Text) : ChatLine;

    public sealed record Reset : ChatLine;

    public sealed record Save(string Path) : ChatLine;

    public sealed record Help : ChatLine;

    public sealed record Quit : ChatLine;

    public sealed record Nothing : ChatLine;

    public sealed record Unknown(string Word) : ChatLine;

    /// <param name="line">Null: the input has ended.</param>
    public static ChatLine Parse(string? line)
    {
        if (line is null)
            return new Quit();
        string text = line.Trim();
        if (text.Length == 0)
            return new Nothing();
        if (text[0] != '/')
            return new Say(text);

        string[] parts = text.Split(' ', 2, StringSplitOptions.TrimEntries);
        string rest = parts.Length == 2 ? parts[1] : "";
        return parts[0] switch
        {
            "/system" => new System(rest),
            "/reset" => new Reset(),
            "/save" when rest.Length > 0 => new Save(rest),
            "/save" => new Unknown("/save needs a file"),
            "/help" or "/?" => new Help(),
            "/quit" or "/exit" or "/bye" => new Quit(),
            _ => new Unknown($"there is no {parts[0]}"),
        };
    }
}
