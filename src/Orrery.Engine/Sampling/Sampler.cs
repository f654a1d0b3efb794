using Orrery.Tensors;

namespace Orrery.Engine.Sampling;

/// <summary>
/// Chooses the next token: temperature, then top-k, then top-p over what top-k left, then one draw.
/// Its buffers are as large as the vocabulary and are kept between requests.
/// </summary>
internal sealed class Sampler(int vocabulary)
{
    private readonly float[] _probabilities = new float[vocabulary];
    private readonly Candidate[] _candidates = new Candidate[vocabulary];
    private readonly PriorityQueue<Candidate, Candidate> _best = new();
    private SamplingOptions _options = new();
    private SplitMix64 _random;

    /// <summary>Begins a request. From here the tokens depend only on the options, the seed and the logits.</summary>
    public void Start(SamplingOptions options, long seed)
    {
        _options = options;
        _random = new SplitMix64(seed);
    }

    public int Next(ReadOnlySpan<float> logits)
    {
        int best = Best(logits);
        if (_options.Temperature == 0)
            return best;

        // The best is taken off before dividing, so that a temperature close to 0 cannot overflow.
        for (int id = 0; id < logits.Length; id++)
            _probabilities[id] = (logits[id] - logits[best]) / _options.Temperature;
        Softmax.Apply(_probabilities);

        return _options is { TopK: 0, TopP: >= 1 } ? DrawFromAll() : DrawFrom(Nucleus(MostLikely()));
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

    private int DrawFromAll()
    {
        double left = _random.NextDouble();
        int last = 0;
        for (int id = 0; id < _probabilities.Length; id++)
        {
            if (_probabilities[id] <= 0)
                continue;
            last = id;
            left -= _probabilities[id];
            if (left < 0)
                break;
        }
        return last;                                                    // rounding may leave a little; it falls to the last possible token
    }

    /// <summary>The top-k tokens, most likely first; all that can matter where k is off.</summary>
    private ReadOnlySpan<Candidate> MostLikely()
    {
        int most = _options.TopK == 0 ? vocabulary : Math.Min(_options.TopK, vocabulary);

        // No token below (1 - p) / n is in a nucleus of mass p: it and all behind it, n at most, would hold less than the 1 - p that they must.
        // Half of that, so that rounding cannot matter. It spares the sort most of a large vocabulary.
        float least = _options.TopK == 0 ? (1 - _options.TopP) / (2 * vocabulary) : 0;
        for (int id = 0; id < vocabulary; id++)
        {
            var candidate = new Candidate(_probabilities[id], id);
            if (candidate.Probability < least)
                continue;
            if (_best.Count < most)
                _best.Enqueue(candidate, candidate);
            else if (candidate.CompareTo(_best.Peek()) > 0)
                _best.DequeueEnqueue(candidate, candidate);
        }

        int count = _best.Count;
        for (int i = count - 1; i >= 0; i--)
            _candidates[i] = _best.Dequeue();
        return _candidates.AsSpan(0, count);
    }

    /// <summary>The shortest start of the candidates that holds top-p of their mass; at least one.</summary>
    private ReadOnlySpan<Candidate> Nucleus(ReadOnlySpan<Candidate> candidates)
    {
        if (_options.TopP >= 1)
            return candidates;

        // Without top-k the mass is 1, though unlikely candidates were left out above.
        double mass = _options.TopK == 0 ? 1 : Mass(candidates);
        double held = 0;
        for (int i = 0; i < candidates.Length; i++)
        {
            held += candidates[i].Probability;
            if (held >= _options.TopP * mass)
                return candidates[..(i + 1)];
        }
        return candidates;
    }

    private int DrawFrom(ReadOnlySpan<Candidate> candidates)
    {
        double left = _random.NextDouble() * Mass(candidates);
        foreach (var candidate in candidates)
        {
            left -= candidate.Probability;
            if (left < 0)
                return candidate.Id;
        }
        return candidates.IsEmpty ? 0 : candidates[^1].Id;
    }

    private static double Mass(ReadOnlySpan<Candidate> candidates)
    {
        double mass = 0;
        foreach (var candidate in candidates)
            mass += candidate.Probability;
        return mass;
    }

    /// <summary>Greater is more likely; of equals the lower id.</summary>
    private readonly record struct Candidate(float Probability, int Id) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other)
            => Probability.CompareTo(other.Probability) is not 0 and var order ? order : other.Id.CompareTo(Id);
    }
}
