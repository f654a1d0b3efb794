using System.Text;
using Orrery.Engine.Constraints;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Tests.Constraints;

/// <summary>What a model that knows nothing writes under a constraint: random logits, the best allowed token.</summary>
internal static class RandomText
{
    /// <param name="budget">Tokens; the end of the text is not one of them.</param>
    /// <param name="likely">Tokens whose logits are raised; null: none.</param>
    public static string Write(CompiledConstraint compiled, Tokenizer tokenizer, int budget, Random random, IReadOnlyCollection<int>? likely = null)
    {
        var sequence = compiled.NewSequence();
        var bytes = new List<byte>();
        float[] logits = new float[tokenizer.VocabularySize];
        ulong[] mask = new ulong[sequence.MaskWords];
        for (int left = budget; left > 0 && !sequence.MustEnd; left--)
        {
            for (int i = 0; i < logits.Length; i++)
                logits[i] = random.NextSingle();
            foreach (int token in likely ?? [])
                logits[token] += 1;
            sequence.Allowed(mask, left);
            LogitMask.Constrain(logits, mask);
            int next = Greedy.Best(logits);
            Assert.NotEqual(float.NegativeInfinity, logits[next]);
            sequence.Accept(next);
            if (sequence.MustEnd && tokenizer.EndOfText.Contains(next))
                break;
            bytes.AddRange(tokenizer.BytesOf(next));
        }
        Assert.True(sequence.IsComplete, $"not whole after {budget} tokens: {Encoding.UTF8.GetString([.. bytes])}");
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
    }
}
