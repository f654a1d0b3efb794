namespace Orrery.Engine.Sampling;

/// <summary>Which tokens may be drawn: min-p, then top-k of what it left, then top-p of what that left.</summary>
internal static class Truncation
{
    /// <summary>The smallest probability that min-p leaves. 0: all.</summary>
    public static float Least(float mostLikely, SamplingOptions options) => options.MinP * mostLikely;

    /// <summary>What tokens of at least this probability hold together, and 1 where that is all of them.</summary>
    public static double MassFrom(float least, ReadOnlySpan<float> probabilities)
    {
        if (least <= 0)
            return 1;
        double mass = 0;
        foreach (float probability in probabilities)
            mass += probability >= least ? probability : 0;
        return mass;
    }

    /// <summary>Those that min-p, top-k and top-p leave, most likely first; at least one.</summary>
    /// <param name="least">See <see cref="Least"/>.</param>
    public static ReadOnlySpan<Candidate> Candidates(SamplerScratch scratch, float least, SamplingOptions options)
    {
        double mass = MassFrom(least, scratch.Values);
        var candidates = MostLikely(scratch, LeastInNucleus(least, mass, scratch.Values.Length, options), options.TopK);
        return Nucleus(candidates, options.TopK == 0 ? mass : Mass(candidates), options.TopP);
    }

    public static double Mass(ReadOnlySpan<Candidate> candidates)
    {
        double mass = 0;
        foreach (var candidate in candidates)
            mass += candidate.Probability;
        return mass;
    }

    /// <summary>
    /// Without top-k, no token below (1 - p) / n of the mass is in a nucleus of p of it: the token and all behind it, n at most, would hold less than the
    /// 1 - p that they must. Half of that, so that rounding cannot matter. It spares the sort most of a large vocabulary.
    /// </summary>
    private static float LeastInNucleus(float least, double mass, int vocabulary, SamplingOptions options)
        => options is { TopK: 0, TopP: < 1 } ? MathF.Max(least, (float)(mass * (1 - options.TopP) / (2 * vocabulary))) : least;

    /// <summary>The k most likely of at least that probability, most likely first. k = 0: all of them.</summary>
    private static ReadOnlySpan<Candidate> MostLikely(SamplerScratch scratch, float least, int topK)
    {
        var (probabilities, best) = (scratch.Values, scratch.Best);
        int most = topK == 0 ? probabilities.Length : Math.Min(topK, probabilities.Length);
        for (int id = 0; id < probabilities.Length; id++)
        {
            var candidate = new Candidate(probabilities[id], id);
            if (candidate.Probability < least)
                continue;
            if (best.Count < most)
                best.Enqueue(candidate, candidate);
            else if (candidate.CompareTo(best.Peek()) > 0)
                best.DequeueEnqueue(candidate, candidate);
        }

        int count = best.Count;
        for (int i = count - 1; i >= 0; i--)
            scratch.Candidates[i] = best.Dequeue();
        return scratch.Candidates.AsSpan(0, count);
    }

    /// <summary>The shortest start of the candidates that holds top-p of the mass.</summary>
    private static ReadOnlySpan<Candidate> Nucleus(ReadOnlySpan<Candidate> candidates, double mass, float topP)
    {
        double held = 0;
        for (int i = 0; topP < 1 && i < candidates.Length; i++)
        {
            held += candidates[i].Probability;
            if (held >= topP * mass)
                return candidates[..(i + 1)];
        }
        return candidates;
    }
}
