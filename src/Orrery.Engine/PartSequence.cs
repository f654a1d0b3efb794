using Orrery.Engine.Decoder.Cache;

namespace Orrery.Engine;

/// <summary>One sequence on a <see cref="ModelPart"/>.</summary>
public sealed class PartSequence : IDisposable
{
    private readonly ModelPart _part;
    private readonly KvSequence _cache;

    internal PartSequence(ModelPart part, int adapter) => (_part, _cache) = (part, new KvSequence(part.Pool, adapter));

    /// <summary>Positions computed so far.</summary>
    public int Length => _cache.Length;

    /// <summary>Computes the next positions.</summary>
    /// <param name="tokens">One for each position; at most <see cref="ModelPart.BatchTokens"/>. Their values matter to the first part only.</param>
    /// <param name="hidden">[tokens, dim], what the part before gave; empty for the first.</param>
    /// <returns>Hidden states [tokens, dim]; the last part's logits [vocabulary] of the last position. Valid until the next call.</returns>
    /// <exception cref="ContextLengthException">The context has no room for them; nothing was computed.</exception>
    /// <exception cref="ArgumentException">The shapes do not fit, or a token is none of the vocabulary's.</exception>
    public ReadOnlySpan<float> Forward(scoped ReadOnlySpan<int> tokens, scoped ReadOnlySpan<float> hidden = default)
    {
        var (model, batch) = (_part.Model, _part.Batch);
        if (tokens.Length < 1 || tokens.Length > batch.MaxRows)
            throw new ArgumentException($"{tokens.Length} tokens; 1 to {batch.MaxRows} go into one pass.", nameof(tokens));
        if (hidden.Length != (model.IsFirst ? 0 : tokens.Length * _part.Dim))
            throw new ArgumentException($"hidden has {hidden.Length} elements; {(model.IsFirst ? 0 : tokens.Length * _part.Dim)} are needed.", nameof(hidden));
        foreach (int token in tokens)
        {
            if (token < 0 || token >= _part.Vocabulary)
                throw new ArgumentException($"{token} is no token; the vocabulary has {_part.Vocabulary}.", nameof(tokens));
        }
        if (Length + tokens.Length > _part.ContextTokens)
            throw new ContextLengthException(Length + tokens.Length, _part.ContextTokens);

        int before = Length;
        batch.Clear();
        for (int i = 0; i < tokens.Length; i++)
        {
            if (batch.TryAdd(_cache, tokens[i], wantLogits: model.IsLast && i == tokens.Length - 1))
                continue;
            _cache.Truncate(before);
            throw new ContextLengthException(before + tokens.Length, before + (_part.Pool.FreePages * KvPool.PagePositions));
        }
        hidden.CopyTo(batch.Hidden);
        model.Forward(batch);
        return model.IsLast ? batch.LogitsOf(0) : batch.Hidden.AsSpan(0, tokens.Length * _part.Dim);
    }

    /// <summary>Forgets positions from <paramref name="length"/> on.</summary>
    public void Truncate(int length) => _cache.Truncate(length);

    public void Dispose() => _cache.Dispose();
}
