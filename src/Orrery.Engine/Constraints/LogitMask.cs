using System.Numerics;

namespace Orrery.Engine.Constraints;

/// <summary>Puts what a constraint allows into logits.</summary>
public static class LogitMask
{
    /// <summary>Bit i in lane i. A vector has 16 lanes at most.</summary>
    private static readonly Vector<uint> Lanes = new([.. Enumerable.Range(0, Vector<uint>.Count).Select(i => 1u << i)]);

    /// <summary>Sets the logits of all tokens whose bit is 0 to negative infinity; the others stay as they are.</summary>
    /// <param name="logits">[vocabulary].</param>
    /// <param name="mask">[(vocabulary + 63) / 64], as <see cref="ITokenConstraint.Allowed"/> gives it.</param>
    public static void Constrain(Span<float> logits, ReadOnlySpan<ulong> mask)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, (logits.Length + 63) / 64, nameof(mask));
        for (int word = 0; word < mask.Length; word++)
        {
            var part = logits.Slice(word * 64, Math.Min(64, logits.Length - (word * 64)));
            ulong bits = mask[word];
            if (bits == 0)
                part.Fill(float.NegativeInfinity);                      // most words of most masks
            else if (bits != ulong.MaxValue)
                ConstrainWord(part, bits);
        }
    }

    private static void ConstrainWord(Span<float> part, ulong bits)
    {
        int done = 0;
        for (; done + Vector<float>.Count <= part.Length; done += Vector<float>.Count)
        {
            var allowed = Vector.Equals(new Vector<uint>((uint)(bits >> done)) & Lanes, Lanes);
            var values = new Vector<float>(part[done..]);
            Vector.ConditionalSelect(Vector.AsVectorInt32(allowed), values, new Vector<float>(float.NegativeInfinity)).CopyTo(part[done..]);
        }
        for (; done < part.Length; done++)
        {
            if ((bits >> done & 1) == 0)
                part[done] = float.NegativeInfinity;
        }
    }
}
