using Orrery.Engine;

namespace Orrery.Replica;

/// <summary>Generates one token at start: weights are paged in, scratch memory is there, and a model that cannot answer is found out before a client does.</summary>
internal sealed class WarmUp(ITextModel model)
{
    private volatile bool _done;

    public bool Done => _done;

    public async Task RunAsync(CancellationToken ct)
    {
        var prompt = model.Tokenizer.Encode("Hello", addSpecial: true);
        await foreach (var _ in model.GenerateAsync(new TextRequest { Prompt = prompt, MaxTokens = 1 }, ct))
        {
        }
        _done = true;
    }
}
