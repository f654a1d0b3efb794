using Orrery.Engine;
using Orrery.Engine.Statistics;
using Orrery.Models.Tokenizers;

namespace Orrery.Replica.Tests;

/// <summary>An embedding model whose vectors tell the text: its length and its first token. A token is a byte.</summary>
internal sealed class ScriptedEmbeddings : IEmbeddingModel
{
    public EmbeddingModelCard Card { get; } = new("scripted", "none", 8, 2, Pooling.Mean);

    public Tokenizer Tokenizer { get; } = new ScriptedModel().Tokenizer;

    public ModelStatistics Statistics { get; init; } = new();

    public List<int[]> Texts { get; } = [];

    public Exception? Failure { get; set; }

    /// <summary>Told when a request came that is then held until it is cancelled.</summary>
    public Action? Hold { get; set; }

    public async Task<float[]> EmbedAsync(IReadOnlyList<int> tokens, CancellationToken ct) => (await EmbedAllAsync([tokens], ct))[0];

    public async Task<float[][]> EmbedAllAsync(IReadOnlyList<IReadOnlyList<int>> texts, CancellationToken ct)
    {
        await Task.Yield();
        if (Failure is { } failure)
            throw failure;
        if (Hold is { } held)
        {
            held();
            await Task.Delay(Timeout.Infinite, ct);
        }
        lock (Texts)
            Texts.AddRange(texts.Select(text => text.ToArray()));
        return [.. texts.Select(text => new float[] { text.Count, text[0] })];
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
