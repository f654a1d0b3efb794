namespace Orrery.Engine.Sampling;

/// <summary>Log probabilities: the log softmax of the logits as the model gave them, before bias, penalties and temperature.</summary>
internal static class LogProbs
{
    /// <param name="logits">[vocabulary].</param>
    /// <param name="top">How many of the most likely tokens to list, most likely first and of equals the lower id.</param>
    /// <returns>Of the chosen token, and the list: shorter where the vocabulary is.</returns>
    public static (float Chosen, TokenLogProb[] Top) Of(ReadOnlySpan<float> logits, int chosen, int top)
    {
        // The highest is taken off first, here and in the sum: logits are large where probabilities are not.
        float max = logits[Sampler.Best(logits)];
        float logSum = LogSumOfExponentials(logits, max);
        Span<int> ids = stackalloc int[TextRequest.MaxTopLogProbs];
        ids = ids[..MostLikely(logits, ids[..top])];
        var list = new TokenLogProb[ids.Length];
        for (int i = 0; i < ids.Length; i++)
            list[i] = new TokenLogProb(ids[i], logits[ids[i]] - max - logSum);
        return (logits[chosen] - max - logSum, list);
    }

    private static float LogSumOfExponentials(ReadOnlySpan<float> logits, float max)
    {
        double sum = 0;
        foreach (float logit in logits)
            sum += MathF.Exp(logit - max);
        return (float)Math.Log(sum);
    }

    /// <param name="ids">Filled from its start, in order.</param>
    /// <returns>How many were found.</returns>
    private static int MostLikely(ReadOnlySpan<float> logits, Span<int> ids)
    {
        int count = 0;
        for (int id = 0; id < logits.Length && ids.Length > 0; id++)
        {
            if (count == ids.Length && !(logits[id] > logits[ids[^1]]))
                continue;
            int at = count == ids.Length ? count - 1 : count++;
            for (; at > 0 && logits[id] > logits[ids[at - 1]]; at--)
                ids[at] = ids[at - 1];
            ids[at] = id;
        }
        return count;
    }
}
