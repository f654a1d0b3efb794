using Orrery.Engine;

namespace Orrery.Replica;

/// <summary>Computes one token at start: weights are paged in, scratch memory is there, and a model that cannot answer is found out before a client does.</summary>
/// <param name="first">The least that the model can be asked.</param>
internal sealed class WarmUp(Func<CancellationToken, Task> first)
{
    private volatile bool _done;

    public bool Done => _done;

    public static WarmUp Of(ITextModel model) => new(async ct =>
    {
        var prompt = model.Tokenizer.Encode("Hello", addSpecial: true);
        await foreach (var _ in model.GenerateAsync(new TextRequest { Prompt = prompt, MaxTokens = 1 }, ct))
        {
        }
    });

    public static WarmUp Of(IEmbeddingModel model) => new(ct => model.EmbedAsync(model.Tokenizer.Encode("Hello", addSpecial: true), ct));

    public async Task RunAsync(CancellationToken ct)
    {
        await first(ct);
        _done = true;
    }
}
