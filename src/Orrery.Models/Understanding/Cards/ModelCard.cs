namespace Orrery.Models.Understanding.Cards;

/// <summary>
/// What a model card (README.md) says at its beginning, between two lines of dashes: the plain values of the YAML there. What stands deeper, or
/// is written over several lines, is not read.
/// </summary>
internal sealed record ModelCard
{
    private const int MostLines = 500;

    public string? License { get; private init; }

    /// <summary>What the model is for: <c>text-generation</c>.</summary>
    public string? PipelineTag { get; private init; }

    public static ModelCard Parse(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        using var lines = new StringReader(text);
        if (lines.ReadLine()?.Trim('\uFEFF', ' ') != "---")
            return new ModelCard();
        string? open = null;
        for (int i = 0; i < MostLines && lines.ReadLine() is { } line && line.TrimEnd() is not "---"; i++)
        {
            // A list of one is as good as a value.
            if (open is not null && line.TrimStart().StartsWith("- ", StringComparison.Ordinal))
                values.TryAdd(open, Plain(line.TrimStart()[2..]));
            if (line.Length == 0 || char.IsWhiteSpace(line[0]) || line[0] is '-' or '#' || line.IndexOf(':') is not (> 0 and var colon))
                continue;
            string value = Plain(line[(colon + 1)..]);
            open = value.Length == 0 ? line[..colon] : null;
            if (open is null)
                values.TryAdd(line[..colon], value);
        }
        string? license = values.GetValueOrDefault("license");
        return new ModelCard
        {
            // Where it is one of the vendor's own, its name is beside.
            License = license is null or "other" ? values.GetValueOrDefault("license_name") ?? license : license,
            PipelineTag = values.GetValueOrDefault("pipeline_tag"),
        };
    }

    private static string Plain(string text)
    {
        text = text.Trim();
        if (text is ['[', .. var inside, ']'])
            text = inside.Split(',')[0].Trim();
        if (text.Length >= 2 && text[0] == text[^1] && text[0] is '"' or '\'')
            return text[1..^1];
        return text.IndexOf(" #", StringComparison.Ordinal) is >= 0 and var comment ? text[..comment].TrimEnd() : text;
    }
}
