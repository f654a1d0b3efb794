namespace Orrery.Engine.Encoder;

/// <summary>Everything in which post-norm encoders differ, from the metadata of a model's files.</summary>
internal sealed record EncoderConfig
{
    /// <summary>As the files name it: <c>bert</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Width of the hidden state.</summary>
    public required int Dim { get; init; }

    public required int Heads { get; init; }

    public required int FfnDim { get; init; }

    public required int Layers { get; init; }

    public required int Vocabulary { get; init; }

    /// <summary>Rows of the position table.</summary>
    public required int Positions { get; init; }

    /// <summary>The row of the position table that a text's first token gets.</summary>
    public int FirstPosition { get; init; }

    /// <summary>Rows of the table of token types; every token is of the first. 0: there is no table.</summary>
    public required int TokenTypes { get; init; }

    public required float NormEpsilon { get; init; }

    public int HeadDim => Dim / Heads;

    /// <summary>Longest text: there are no positions beyond.</summary>
    public int ContextTokens => Positions - FirstPosition;
}
