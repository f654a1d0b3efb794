using Orrery.Engine;
using Orrery.Engine.Decoder.Cache;
using Orrery.Engine.Statistics;
using Orrery.Models.Tokenizers;

namespace Orrery.Replica.Tests.Tools;

/// <summary>A model with another chat template than its own.</summary>
internal sealed class Templated(ITextModel model, string template) : ITextModel
{
    public TextModelCard Card { get; } = model.Card with { ChatTemplate = template };

    public Tokenizer Tokenizer => model.Tokenizer;

    public ModelStatistics Statistics => model.Statistics;

    public BlockFeed? Blocks => model.Blocks;

    public IAsyncEnumerable<TextPiece> GenerateAsync(TextRequest request, CancellationToken ct) => model.GenerateAsync(request, ct);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
