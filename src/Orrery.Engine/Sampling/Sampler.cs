using System.Runtime.Intrinsics;
using Orrery.Tensors;

namespace Orrery.Engine.Sampling;

/// <summary>
/// Chooses the tokens of one sequence. Its draws depend on the options, the seed, the prompt and the logits, and on nothing else.
/// <code>
///   logits → 1 bias → 2 repetition penalty → 3 frequency and presence penalties → temperature 0? the highest
///          → 4 temperature → 5 min-p → 6 top-k → 7 top-p → 8 one draw
/// </code>
/// The order is vLLM's. Samplers of one thread share the scratch, so one for each sequence costs little.
/// </summary>
internal sealed class Sampler(SamplerScratch scratch)
{
    private SamplingOptions _options = new();
    private KeyValuePair<int, float>[] _bias = [];
    private SeenTokens? _seen;
    private SplitMix64 _random;

    /// <summary>Begins a sequence.</summary>
    /// <param name="seed">In place of <see cref="SamplingOptions.Seed"/>, which may be null.</param>
    /// <param name="prompt">Only ids of the vocabulary. For the repetition penalty.</param>
    public void Start(SamplingOptions options, long seed, IReadOnlyList<int> prompt)
    {
        _options = options;
        _bias = [.. options.LogitBias];
        _seen = SeenTokens.For(options, prompt);
        _random = new SplitMix64(seed);
    }

    /// <summary>Chooses a token, and takes it as what the sequence goes on with. One draw each, none where the temperature is 0.</summary>
    /// <param name="logits">[vocabulary]; those of -inf are never chosen while there is another.</param>
    public int Next(ReadOnlySpan<float> logits)
    {
        int token = Choose(Changed(logits));
        _seen?.Add(token);
        return token;
    }

    /// <summary>The id of the highest logit, the lower of equals.</summary>
    internal static int Best(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int id = 1; id < logits.Length; id++)
        {
            if (logits[id] > logits[best])
                best = id;
        }
        return best;
    }

    private ReadOnlySpan<float> Changed(ReadOnlySpan<float> logits)
    {
        if (_bias.Length == 0 && _seen is null)
            return logits;
        logits.CopyTo(scratch.Values);
        foreach (var (token, bias) in _bias)
            scratch.Values[token] += bias;
        _seen?.Penalise(scratch.Values, _options);
        return scratch.Values;
    }

    /// <param name="logits">May be the scratch.</param>
    private int Choose(ReadOnlySpan<float> logits)
    {
        int best = Best(logits);
        if (_options.Temperature == 0)
            return best;

        Cool(logits, logits[best], _options.Temperature, scratch.Values);
        Softmax.Apply(scratch.Values);
        float least = Truncation.Least(scratch.Values[best], _options);
        return _options is { TopK: 0, TopP: >= 1 } ? DrawFromAll(least) : DrawFrom(Truncation.Candidates(scratch, least, _options));
    }

    /// <summary>The best is taken off before dividing, so that a temperature close to 0 cannot overflow.</summary>
    private static void Cool(ReadOnlySpan<float> logits, float best, float temperature, Span<float> cooled)
    {
        int id = 0;
        for (; id + Vector256<float>.Count <= logits.Length; id += Vector256<float>.Count)
            ((Vector256.Create(logits[id..]) - Vector256.Create(best)) / Vector256.Create(temperature)).CopyTo(cooled[id..]);
        for (; id < logits.Length; id++)
            cooled[id] = (logits[id] - best) / temperature;
    }

    private int DrawFromAll(float least)
    {
        double left = _random.NextDouble() * Truncation.MassFrom(least, scratch.Values);
        int last = 0;
        for (int id = 0; id < scratch.Values.Length; id++)
        {
            float probability = scratch.Values[id];
            if (probability <= 0 || probability < least)
                continue;
            last = id;
            left -= probability;
            if (left < 0)
                break;
        }
        return last;                                                    // rounding may leave a little; it falls to the last possible token
    }

    private int DrawFrom(ReadOnlySpan<Candidate> candidates)
    {
        double left = _random.NextDouble() * Truncation.Mass(candidates);
        foreach (var candidate in candidates)
        {
            left -= candidate.Probability;
            if (left < 0)
                return candidate.Id;
        }
        return candidates.IsEmpty ? 0 : candidates[^1].Id;
    }
}
