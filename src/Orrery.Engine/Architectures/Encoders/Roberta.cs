using Orrery.Engine.Encoder;
using Orrery.Models;

namespace Orrery.Engine.Architectures.Encoders;

/// <summary>BERT whose positions begin behind that of padding (arXiv 1907.11692).</summary>
internal class Roberta : EncoderArchitecture
{
    private static readonly Key Padding = new(null, "pad_token_id");

    public override string? GgufName => null;

    public override string JsonName => "roberta";

    protected override string Prefix => "roberta.";

    public override EncoderConfig Configure(ModelHeader header, IModelSource source)
    {
        var config = base.Configure(header, source);
        long padding = header.Find(Padding, 0, int.MaxValue) ?? 1;
        return padding + 1 < config.Positions
            ? config with { FirstPosition = (int)padding + 1 }
            : throw header.Invalid(Padding, $"is {padding}, behind which a table of {config.Positions} positions has none left");
    }
}
