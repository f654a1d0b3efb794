using System.Collections.ObjectModel;

namespace Orrery.Wire.OpenAI;

/// <summary>What completions and chat completions have in common: how much text, how it is chosen, how it is sent.</summary>
public sealed record GenerationParameters
{
    /// <summary>Most stop strings that one request may give.</summary>
    public const int MaxStops = 16;

    /// <summary>Most choices of one request.</summary>
    public const int MaxChoices = 16;

    /// <summary>Most of the likely tokens that can be asked for at each position.</summary>
    public const int MaxTopLogProbs = 20;

    /// <summary>True: the text comes piece by piece as server-sent events.</summary>
    public bool Stream { get; init; }

    /// <summary>True: the stream ends with a chunk that holds usage and no choice.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>Null: until the text or the context ends. (OpenAI's old completions stop at 16; people who leave it out want the text.)</summary>
    public int? MaxTokens { get; init; }

    /// <summary><c>n</c>: how many texts.</summary>
    public int Choices { get; init; } = 1;

    public float Temperature { get; init; } = 1;

    public float TopP { get; init; } = 1;

    /// <summary>0: off. An addition to OpenAI's fields, as vLLM has it.</summary>
    public int TopK { get; init; }

    /// <summary>0: off. An addition to OpenAI's fields, as vLLM has it.</summary>
    public float MinP { get; init; }

    public float PresencePenalty { get; init; }

    public float FrequencyPenalty { get; init; }

    /// <summary>1: off. An addition to OpenAI's fields, as vLLM has it.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>By token id. Any ids of 0 or more; the model's server knows which of them exist.</summary>
    public IReadOnlyDictionary<int, float> LogitBias { get; init; } = ReadOnlyDictionary<int, float>.Empty;

    /// <summary>Null: no log probabilities. Else those of the chosen tokens, with this many of the most likely ones beside each.</summary>
    public int? TopLogProbs { get; init; }

    /// <summary>Of the first choice; each further one has the next higher seed. Null: random ones.</summary>
    public long? Seed { get; init; }

    public IReadOnlyList<string> Stop { get; init; } = [];

    internal static GenerationParameters Read(FieldReader fields, int? maxTokens, int? topLogProbs) => new()
    {
        Stream = fields.Flag("stream"),
        IncludeUsage = fields.Object("stream_options")?.Flag("include_usage") ?? false,
        MaxTokens = maxTokens,
        Choices = ChoicesOf(fields),
        Temperature = fields.Number("temperature", 0, 2) ?? 1,
        TopP = fields.Number("top_p", 0, 1) ?? 1,
        // -1 is how some clients say "off".
        TopK = Math.Max(0, fields.Integer("top_k", -1, int.MaxValue) ?? 0),
        MinP = fields.Number("min_p", 0, 1) ?? 0,
        PresencePenalty = fields.Number("presence_penalty", -2, 2) ?? 0,
        FrequencyPenalty = fields.Number("frequency_penalty", -2, 2) ?? 0,
        RepetitionPenalty = fields.Number("repetition_penalty", 0.01f, 100) ?? 1,
        LogitBias = OpenAI.LogitBias.Read(fields),
        TopLogProbs = topLogProbs,
        Seed = fields.Long("seed"),
        Stop = Stops(fields),
    };

    private static int ChoicesOf(FieldReader fields)
    {
        int choices = fields.Integer("n", 1, MaxChoices) ?? 1;
        if (fields.Integer("best_of", 1, int.MaxValue) is { } made && made != choices)
            fields.Refuse("best_of", $"'best_of' is {made} and 'n' {choices}: every text that is made is answered, so leave it out and set 'n'.", "unsupported_value");
        return choices;
    }

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
