namespace Orrery.Engine.Architectures.Encoders;

/// <summary>The first of them (arXiv 1810.04805). In GGUF files this name stands for all of the family; converters cut off what RoBERTa's position table has in front.</summary>
internal sealed class Bert : EncoderArchitecture
{
    public override string GgufName => "bert";

    public override string JsonName => "bert";

    protected override string Prefix => "bert.";
}
