using System.Net.Sockets;
using Orrery.Engine;

namespace Orrery.Replica;

/// <summary>
/// What happens before the first client: one token is computed, so that weights are paged in, scratch memory is there and a model that cannot answer is
/// found out; then the replica asks itself over its socket, so that the code between the two is loaded as well.
/// </summary>
/// <param name="first">The least that the model can be asked.</param>
/// <param name="requests">Of clients, each the path and a JSON body.</param>
internal sealed class WarmUp(Func<CancellationToken, Task> first, params IReadOnlyList<(string Path, string Json)> requests)
{
    private const string Text = "Hello";

    private volatile bool _done;

    public bool Done => _done;

    public static WarmUp Of(ITextModel model) => new(
        async ct =>
        {
            var prompt = model.Tokenizer.Encode(Text, addSpecial: true);
            await foreach (var _ in model.GenerateAsync(new TextRequest { Prompt = prompt, MaxTokens = 1 }, ct))
            {
            }
        },
        ("/v1/completions", $$"""{"prompt":"{{Text}}","max_tokens":1}"""),
        ("/v1/chat/completions", $$"""{"messages":[{"role":"user","content":"{{Text}}"}],"max_tokens":1,"stream":true}"""));

    public static WarmUp Of(IEmbeddingModel model) => new(
        ct => model.EmbedAsync(model.Tokenizer.Encode(Text, addSpecial: true), ct),
        ("/v1/embeddings", $$"""{"input":"{{Text}}"}"""));

    /// <param name="address">Where the replica listens: <c>unix:/path</c> or <c>http://127.0.0.1:port</c>.</param>
    /// <exception cref="Exception">The model cannot compute its first token.</exception>
    public async Task RunAsync(string address, CancellationToken ct)
    {
        await first(ct);
        try
        {
            foreach (var (path, json) in requests)
                await OwnRequest.PostAsync(address, path, json, ct);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // The first client finds it cold, and no worse.
        }
        _done = true;
    }
}
