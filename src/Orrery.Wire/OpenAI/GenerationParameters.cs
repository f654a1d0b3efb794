namespace Orrery.Wire.OpenAI;

/// <summary>What completions and chat completions have in common: how much text, how it is chosen, how it is sent.</summary>
public sealed record GenerationParameters
{
    /// <summary>Most stop strings that one request may give.</summary>
    public const int MaxStops = 16;

    /// <summary>True: the text comes piece by piece as server-sent events.</summary>
    public bool Stream { get; init; }

    /// <summary>True: the stream ends with a chunk that holds usage and no choice.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>Null: until the text or the context ends. (OpenAI's old completions stop at 16; people who leave it out want the text.)</summary>
    public int? MaxTokens { get; init; }

    public float Temperature { get; init; } = 1;

    public float TopP { get; init; } = 1;

    /// <summary>0: off.</summary>
    public int TopK { get; init; }

    public long? Seed { get; init; }

    public IReadOnlyList<string> Stop { get; init; } = [];

    internal static GenerationParameters Read(FieldReader fields, int? maxTokens) => new()
    {
        Stream = fields.Flag("stream"),
        IncludeUsage = fields.Object("stream_options")?.Flag("include_usage") ?? false,
        MaxTokens = maxTokens,
        Temperature = fields.Number("temperature", 0, 2) ?? 1,
        TopP = fields.Number("top_p", 0, 1) ?? 1,
        // -1 is how some clients say "off".
        TopK = Math.Max(0, fields.Integer("top_k", -1, int.MaxValue) ?? 0),
        Seed = fields.Long("seed"),
        Stop = Stops(fields),
    };

    private static IReadOnlyList<string> Stops(FieldReader fields)
    {
        var stops = fields.TextOrTexts("stop");
        if (stops.Count > MaxStops)
            fields.Refuse("stop", $"'stop' holds {stops.Count} strings; at most {MaxStops} are allowed.");
        if (stops.Contains(""))
            fields.Refuse("stop", "'stop' holds an empty string, which would end every text at once.");
        return stops;
    }
}
