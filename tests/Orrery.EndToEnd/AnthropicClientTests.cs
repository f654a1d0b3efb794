using System.Text;
using System.Text.Json;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>Anthropic's own client against a real home.</summary>
public sealed class AnthropicClientTests(SharedUp shared)
{
    private readonly UpProcess _up = shared.Up;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private AnthropicClient Official(string? key = null) => new() { ApiKey = key ?? _up.Key, AuthToken = null, BaseUrl = _up.Gateway, MaxRetries = 0 };

    // The client has no temperature any more; the API has.
    private static MessageCreateParams Asking(string model) => MessageCreateParams.FromRawUnchecked(
        new Dictionary<string, JsonElement>(),
        new Dictionary<string, JsonElement>(),
        JsonDocument.Parse($$"""{"model":"{{model}}","max_tokens":16,"temperature":0,"messages":[{"role":"user","content":"Once upon a time"}]}""").RootElement
            .EnumerateObject().ToDictionary(p => p.Name, p => p.Value));

    [Fact]
    public async Task The_official_client_gets_the_same_text_whole_and_streamed()
    {
        var whole = await Official().Messages.Create(Asking("stories"), Ct);
        var streamed = new StringBuilder();
        string? stop = null;
        long tokens = 0;
        await foreach (var e in Official().Messages.CreateStreaming(Asking("stories"), Ct))
        {
            if (e.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var text))
                streamed.Append(text.Text);
            else if (e.TryPickDelta(out var end))
                (stop, tokens) = (end.Delta.StopReason?.Raw(), end.Usage.OutputTokens);
        }

        Assert.True(whole.Content[0].TryPickText(out var block));
        Assert.NotEmpty(block.Text);
        Assert.Equal(block.Text, streamed.ToString());
        Assert.Equal("max_tokens", whole.StopReason?.Raw());
        Assert.Equal("max_tokens", stop);
        Assert.Equal((16, 16), (whole.Usage.OutputTokens, tokens));
    }

    [Fact]
    public async Task The_official_client_counts_the_tokens_that_a_message_takes()
    {
        var count = await Official().Messages.CountTokens(new MessageCountTokensParams { Model = "stories", Messages = Asking("stories").Messages }, Ct);
        var message = await Official().Messages.Create(Asking("stories"), Ct);

        // Of the prompt some may come from a cache.
        Assert.Equal(count.InputTokens, message.Usage.InputTokens + (message.Usage.CacheReadInputTokens ?? 0));
    }

    [Fact]
    public async Task The_official_client_sees_errors_as_its_own()
    {
        await Assert.ThrowsAsync<AnthropicUnauthorizedException>(() => Official("wrong").Messages.Create(Asking("stories"), Ct));
        var missing = await Assert.ThrowsAsync<AnthropicNotFoundException>(() => Official().Messages.Create(Asking("absent"), Ct));
        Assert.Contains("There is no model 'absent'", missing.Message, StringComparison.Ordinal);
    }
}
