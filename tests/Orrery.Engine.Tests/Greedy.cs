namespace Orrery.Engine.Tests;

/// <summary>The most likely continuation, without sampler or tokenizer.</summary>
internal static class Greedy
{
    public static int[] Continue(PartSequence sequence, ReadOnlySpan<float> logits, int tokens)
    {
        int[] made = new int[tokens];
        for (int i = 0; i < tokens; i++)
        {
            made[i] = Best(logits);
            logits = sequence.Forward([made[i]]);
        }
        return made;
    }

    /// <summary>Of equal ones the first.</summary>
    public static int Best(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int id = 1; id < logits.Length; id++)
        {
            if (logits[id] > logits[best])
                best = id;
        }
        return best;
    }
}
