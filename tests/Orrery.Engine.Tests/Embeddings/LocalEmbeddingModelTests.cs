using Orrery.Engine.Architectures;
using Orrery.Engine.Architectures.Encoders;
using Orrery.Engine.Embeddings;
using Orrery.Engine.Encoder;
using Orrery.Engine.Tests.Architectures;
using Orrery.Models;
using Orrery.Tensors;

namespace Orrery.Engine.Tests.Embeddings;

public sealed class LocalEmbeddingModelTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Cases => [.. EmbeddingCase.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Texts_in_one_call_give_the_same_bits_as_one_by_one(string name)
    {
        using var folder = new TempFolder();
        EmbeddingCase.Write(name, folder);
        int[][] texts = [.. new[] { 1, 24, 3, 8, 9, 62, 17, 1, 40 }.Select((length, i) => Text(length, seed: i))];
        await using LocalEmbeddingModel wide = LocalEmbeddingModel.Load(folder.Path), narrow = LocalEmbeddingModel.Load(folder.Path, new EngineOptions { BatchTokens = 5 });

        float[][] together = await wide.EmbedAllAsync(texts, Stories.Ct);

        Assert.Equal(together, await narrow.EmbedAllAsync(texts, Stories.Ct));
        for (int i = 0; i < texts.Length; i++)
            Assert.Equal(together[i], await wide.EmbedAsync(texts[i], Stories.Ct));
    }

    [Theory]
    [InlineData("bert", 64)]
    [InlineData("roberta", 62)]                                         // two positions of the table belong to padding
    [InlineData("qwen3-embedding", 128)]
    public async Task A_text_may_fill_the_context_and_no_more(string name, int contextTokens)
    {
        using var folder = new TempFolder();
        await using var model = EmbeddingCase.Load(name, folder);

        var error = await Assert.ThrowsAsync<ContextLengthException>(() => model.EmbedAllAsync([[5], Text(contextTokens + 1)], Stories.Ct));
        await model.EmbedAsync(Text(contextTokens), Stories.Ct);

        Assert.Equal((contextTokens + 1, contextTokens), (error.PromptTokens, error.ContextTokens));
        Assert.Equal(contextTokens, model.Card.ContextTokens);
    }

    [Fact]
    public async Task Texts_that_are_none_are_refused()
    {
        using var folder = new TempFolder();
        await using var model = EmbeddingCase.Load("bert", folder);

        await Assert.ThrowsAsync<ArgumentException>(() => model.EmbedAsync([], Stories.Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => model.EmbedAsync([96], Stories.Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => model.EmbedAsync([-1], Stories.Ct));
        Assert.Empty(await model.EmbedAllAsync([], Stories.Ct));
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("qwen3-embedding")]
    public async Task More_requests_than_may_are_refused_and_a_cancelled_one_makes_room(string name)
    {
        using var folder = new TempFolder();
        await using var model = EmbeddingCase.Load(name, folder, new EngineOptions { QueueLength = 1 });
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Stories.Ct);
        int[][] endless = [.. Enumerable.Repeat(Text(60), 100_000)];

        var running = model.EmbedAllAsync(endless, leave.Token);
        var waiting = model.EmbedAllAsync(endless, leave.Token);
        var refused = await Assert.ThrowsAsync<QueueFullException>(() => model.EmbedAllAsync([[5]], Stories.Ct));
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, model.Waiting);

        Assert.Equal(1, refused.Bound);
        await model.EmbedAllAsync([[5]], Stories.Ct).WaitAsync(Bound, Stories.Ct);
    }

    [Fact]
    public async Task Disposing_ends_what_runs_and_what_waits()
    {
        using var folder = new TempFolder();
        var model = EmbeddingCase.Load("bert", folder);
        int[][] endless = [.. Enumerable.Repeat(Text(60), 100_000)];
        var running = model.EmbedAllAsync(endless, Stories.Ct);
        var waiting = model.EmbedAllAsync(endless, Stories.Ct);

        await model.DisposeAsync().AsTask().WaitAsync(Bound, Stories.Ct);

        await Assert.ThrowsAsync<ObjectDisposedException>(() => running);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => model.EmbedAllAsync([[5]], Stories.Ct));
        await model.DisposeAsync();
    }

    [Fact]
    public void Memory_follows_from_the_header()
    {
        using var folder = new TempFolder();
        using var source = ModelSource.Open(EmbeddingCase.Write("bert", folder));
        var (config, names) = EncoderTable.Read(ModelHeader.Of(source), source)!.Value;
        var options = new EngineOptions { BatchTokens = 16 };

        var plan = EncoderEmbedder.Plan(source, config, options);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var embedder = new EncoderEmbedder(source, config, names, options);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // 64 rows of keys and values of 48; hidden states of the same size and four numbers more; 16 rows of two of them and of the 100 between.
        Assert.Equal(4 * 2 * 64 * 48, plan.KvCache);
        Assert.Equal(4 * ((64 * (48 + 4)) + (16 * (48 + 48 + 100))), plan.Scratch);
        Assert.InRange(allocated, plan.KvCache + plan.Scratch, plan.KvCache + plan.Scratch + 100_000);
        Assert.Throws<ModelTooLargeException>(() => plan.Check(plan.Total - 1));
        embedder.Dispose();
    }

    [Fact]
    public void A_forward_pass_allocates_nothing()
    {
        var reference = ReferenceCase.Named("bert");
        using var folder = new TempFolder();
        using var source = ModelSource.Open(reference.Write(folder));
        var (config, names) = EncoderTable.Read(ModelHeader.Of(source), source)!.Value;
        var model = new EncoderModel(config, EncoderWeightReader.Read(source, config, names));
        var batch = new EncoderBatch(config, 64, chunkRows: 16);
        Func<bool> never = () => false;
        Assert.Equal(0, Allocations.Least(() =>
        {
            batch.Clear();
            Assert.True(batch.TryAdd(reference.Prompt));
            Assert.True(batch.TryAdd(reference.Prompt));
            Assert.True(model.Forward(batch, never));
        }));
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("qwen3-embedding")]
    public async Task Weights_can_be_quantized_at_load(string name)
    {
        using var folder = new TempFolder();
        await using var exact = EmbeddingCase.Load(name, folder);
        await using var quantized = LocalEmbeddingModel.Load(folder.Path, new EngineOptions { Quantize = DType.F16 });
        int[] text = ReferenceCase.Named(name).Prompt;

        float[] expected = await exact.EmbedAsync(text, Stories.Ct), actual = await quantized.EmbedAsync(text, Stories.Ct);

        Assert.NotEqual(expected, actual);
        Assert.InRange(expected.Zip(actual, (a, b) => a * b).Sum(), 0.9999, 1.0001);
    }

    private static int[] Text(int length, int seed = 0) => [.. Enumerable.Range(0, length).Select(i => 4 + ((i * 7) + (seed * 31)) % 90)];
}
