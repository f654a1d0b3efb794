using System.Runtime.InteropServices;

namespace Orrery.Engine.Sampling;

/// <summary>How often a sequence holds which token: what penalties go by.</summary>
internal sealed class SeenTokens
{
    private readonly Dictionary<int, int> _generated = [];

    /// <summary>Null: nothing is penalised, so nobody has to count.</summary>
    /// <param name="prompt">Counts for the repetition penalty alone.</param>
    public static SeenTokens? For(SamplingOptions options, IReadOnlyList<int> prompt)
    {
        bool repetition = options.RepetitionPenalty != 1;
        if (!repetition && options is { PresencePenalty: 0, FrequencyPenalty: 0 })
            return null;
        var seen = new SeenTokens();
        for (int i = 0; repetition && i < prompt.Count; i++)
            seen._generated.TryAdd(prompt[i], 0);
        return seen;
    }

    public void Add(int token) => CollectionsMarshal.GetValueRefOrAddDefault(_generated, token, out _)++;

    /// <param name="logits">[vocabulary], changed in place where a token was seen.</param>
    public void Penalise(Span<float> logits, SamplingOptions options)
    {
        foreach (var (token, times) in _generated)
            logits[token] = Penalised(logits[token], times, options);
    }

    /// <summary>
    /// First the repetition penalty (arXiv 1909.05858, with the sign seen to: a logit below 0 is multiplied), then what OpenAI's API reference
    /// takes off: the frequency penalty for each time, the presence penalty once.
    /// </summary>
    /// <param name="times">That the token was generated; 0 for one that only the prompt holds.</param>
    internal static float Penalised(float logit, int times, SamplingOptions options)
    {
        logit = logit > 0 ? logit / options.RepetitionPenalty : logit * options.RepetitionPenalty;
        return logit - (times * options.FrequencyPenalty) - (times > 0 ? options.PresencePenalty : 0);
    }
}
