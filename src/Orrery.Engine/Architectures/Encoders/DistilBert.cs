using Orrery.Engine.Encoder;
using Orrery.Models;

namespace Orrery.Engine.Architectures.Encoders;

/// <summary>BERT with half of the layers and without token types (arXiv 1910.01108).</summary>
internal sealed class DistilBert : EncoderArchitecture
{
    public override string? GgufName => null;

    public override string JsonName => "distilbert";

    protected override string Prefix => "distilbert.";

    public override EncoderConfig Configure(ModelHeader header, IModelSource source) => base.Configure(header, source) with { TokenTypes = 0 };

    public override EncoderNames NamesIn(ModelHeader header, IModelSource source)
    {
        var names = base.NamesIn(header, source);
        string prefix = names.Tokens.StartsWith(Prefix, StringComparison.Ordinal) ? Prefix : "";
        return names with
        {
            Layer = layer => $"{prefix}transformer.layer.{layer}.",
            Query = "attention.q_lin",
            Key = "attention.k_lin",
            Value = "attention.v_lin",
            AttentionOutput = "attention.out_lin",
            AttentionNorm = "sa_layer_norm",
            Up = "ffn.lin1",
            Down = "ffn.lin2",
            FfnNorm = "output_layer_norm",
        };
    }
}
