namespace Orrery.Engine.Architectures.Encoders;

/// <summary>RoBERTa for many languages (arXiv 1911.02116).</summary>
internal sealed class XlmRoberta : Roberta
{
    public override string JsonName => "xlm-roberta";
}
