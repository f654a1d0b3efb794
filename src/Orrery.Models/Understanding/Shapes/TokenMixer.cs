namespace Orrery.Models.Understanding.Shapes;

/// <summary>The part of a layer in which tokens see each other: attention or what stands in its place.</summary>
internal abstract record TokenMixer
{
    /// <summary>Values that are kept of each token.</summary>
    public virtual long KeptPerToken => 0;

    /// <summary>Bytes that are kept whatever the length.</summary>
    public virtual long StateBytes => 0;

    /// <summary>How many tokens are kept. 0: all.</summary>
    public int Window { get; init; }

    /// <summary>Attention with keys and values of heads, several query heads on each (arXiv 2305.13245).</summary>
    public sealed record Attention(int Heads, int KvHeads, int KeyDim, int ValueDim) : TokenMixer
    {
        /// <summary>Its keys and values are another layer's.</summary>
        public bool IsShared { get; init; }

        public override long KeptPerToken => IsShared ? 0 : (long)KvHeads * (KeyDim + ValueDim);
    }

    /// <summary>Attention over one compressed vector for keys and values of all heads, and one key for positions (arXiv 2405.04434).</summary>
    /// <param name="QueryRank">0: queries are not compressed.</param>
    public sealed record Latent(int Heads, int QueryRank, int KvRank, int NopeDim, int RopeDim, int ValueDim) : TokenMixer
    {
        public override long KeptPerToken => KvRank + RopeDim;
    }

    /// <summary>Attention to a picture: what it keeps grows with pictures and not with text.</summary>
    public sealed record Cross(int Heads, int KvHeads, int HeadDim) : TokenMixer;

    /// <summary>Gated delta net (arXiv 2412.06464): a matrix of 32-bit values for each value head, and the last inputs of a convolution.</summary>
    public sealed record Delta(int KeyHeads, int ValueHeads, int KeyDim, int ValueDim, int Convolution) : TokenMixer
    {
        public int Channels => (2 * KeyHeads * KeyDim) + (ValueHeads * ValueDim);

        public override long StateBytes => (4L * ValueHeads * KeyDim * ValueDim) + (2L * Channels * (Convolution - 1));
    }

    /// <summary>Mamba, the first (arXiv 2312.00752).</summary>
    /// <param name="Inner">Channels.</param>
    public sealed record Mamba(int Inner, int State, int Convolution, int StepRank) : TokenMixer
    {
        public override long StateBytes => (4L * Inner * State) + (2L * Inner * (Convolution - 1));
    }

    /// <summary>Mamba 2 (arXiv 2405.21060).</summary>
    public sealed record Mamba2(int Inner, int State, int Convolution, int Heads, int Groups) : TokenMixer
    {
        public int Channels => Inner + (2 * Groups * State);

        public override long StateBytes => (4L * Inner * State) + (2L * Channels * (Convolution - 1));
    }

    /// <summary>A gated convolution over a few tokens, as LFM 2 has it.</summary>
    public sealed record ShortConvolution(int Dim, int Length) : TokenMixer
    {
        public override long StateBytes => 2L * Dim * (Length - 1);
    }

    /// <summary>Two side by side, as Falcon H1 has them.</summary>
    public sealed record Both(TokenMixer First, TokenMixer Second) : TokenMixer
    {
        public override long KeptPerToken => First.KeptPerToken + Second.KeptPerToken;

        public override long StateBytes => First.StateBytes + Second.StateBytes;
    }

    /// <summary>Keeps a state of unknown size.</summary>
    public sealed record Recurrent : TokenMixer;

    /// <summary>The layer has only a feed-forward part.</summary>
    public sealed record None : TokenMixer;
}
