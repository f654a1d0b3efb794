using System.ClientModel;
using System.Diagnostics;
using OpenAI;
using OpenAI.Embeddings;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>An encoder in our engine, and the official client.</summary>
public sealed class EmbeddingTests : IDisposable
{
    private static readonly TimeSpan StartBound = TimeSpan.FromMinutes(5);

    private readonly Process _engine = Shell.Start(
        Repository.File("orrery"), ["engine", "--model", Repository.File("tests", "Data", "architectures", "bert", "bert.gguf"), "--port", "0"]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_official_client_gets_embeddings_whole_and_one_by_one()
    {
        const string Says = "answers at ";
        string line = await _engine.StandardOutput.ReadLineAsync(Ct).AsTask().WaitAsync(StartBound, Ct) ?? "";
        var options = new OpenAIClientOptions { Endpoint = new Uri(line[(line.IndexOf(Says, StringComparison.Ordinal) + Says.Length)..] + "/v1") };
        var client = new OpenAIClient(new ApiKeyCredential("none"), options);

        var both = (await client.GetEmbeddingClient("bert").GenerateEmbeddingsAsync(["the one", "another"], cancellationToken: Ct)).Value;
        var one = (await client.GetEmbeddingClient("bert").GenerateEmbeddingAsync("another", cancellationToken: Ct)).Value;
        var refused = await Assert.ThrowsAsync<ClientResultException>(
            () => client.GetEmbeddingClient("bert").GenerateEmbeddingAsync("another", new EmbeddingGenerationOptions { Dimensions = 8 }, Ct));
        var noText = await Assert.ThrowsAsync<ClientResultException>(() => client.GetChatClient("bert").CompleteChatAsync(["hello"]));

        Assert.Contains("(bert, context 64, embeddings of 48 by mean)", line, StringComparison.Ordinal);
        Assert.Equal(2, both.Count);
        Assert.Equal(one.ToFloats().ToArray(), both[1].ToFloats().ToArray());
        Assert.Equal(1, one.ToFloats().ToArray().Sum(value => (double)value * value), 1e-6);
        Assert.True(both.Usage.InputTokenCount > 2, $"{both.Usage.InputTokenCount} tokens");
        Assert.Equal((400, 400), (refused.Status, noText.Status));
        Assert.Contains("makes embeddings and no text", noText.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _engine.Kill(entireProcessTree: true);
        _engine.Dispose();
    }
}
