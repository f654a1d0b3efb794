using System.Collections.ObjectModel;

namespace Orrery.Engine;

/// <summary>How the next token is chosen from the logits. The defaults change nothing.</summary>
public sealed record SamplingOptions
{
    /// <summary>0 is greedy: the highest logit, ties to the lower id. Default 1, as the OpenAI API has it.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Smallest set of tokens whose probability reaches this. 1: off.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Only the k most likely tokens. 0: off.</summary>
    public int TopK { get; init; }

    /// <summary>Only tokens that are at least this many times as likely as the most likely one, 0 to 1. 0: off.</summary>
    public float MinP { get; init; }

    /// <summary>Taken off the logit of every token that was generated, -2 to 2. 0: off.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Taken off a token's logit as often as it was generated, -2 to 2. 0: off.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>
    /// What a logit above 0 is divided by and one below 0 multiplied by where the prompt or the generated text holds the token, 0.01 to 100. 1: off.
    /// </summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Added to the logits of these token ids, each -100 to 100. Default none.</summary>
    public IReadOnlyDictionary<int, float> LogitBias { get; init; } = ReadOnlyDictionary<int, float>.Empty;

    /// <summary>Same seed and request, same text. Null: a random one.</summary>
    public long? Seed { get; init; }

    public IEnumerable<string> Problems()
    {
        if (!(Temperature >= 0 && float.IsFinite(Temperature)))
            yield return $"temperature: {Temperature} must be 0 or more";
        if (!(TopP is >= 0 and <= 1))
            yield return $"topP: {TopP} must be between 0 and 1";
        if (TopK < 0)
            yield return $"topK: {TopK} must be 0 or more";
        if (!(MinP is >= 0 and <= 1))
            yield return $"minP: {MinP} must be between 0 and 1";
        if (!(PresencePenalty is >= -2 and <= 2))
            yield return $"presencePenalty: {PresencePenalty} must be between -2 and 2";
        if (!(FrequencyPenalty is >= -2 and <= 2))
            yield return $"frequencyPenalty: {FrequencyPenalty} must be between -2 and 2";
        if (!(RepetitionPenalty is >= 0.01f and <= 100))
            yield return $"repetitionPenalty: {RepetitionPenalty} must be between 0.01 and 100";
        foreach (var (token, bias) in LogitBias)
        {
            if (!(bias is >= -100 and <= 100))
                yield return $"logitBias[{token}]: {bias} must be between -100 and 100";
        }
    }
}
