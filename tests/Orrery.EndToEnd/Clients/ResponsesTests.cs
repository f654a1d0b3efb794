#pragma warning disable OPENAI001 // The client calls its part for responses experimental.
using System.ClientModel;
using System.Text;
using OpenAI.Responses;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd.Clients;

/// <summary>The official client's responses against a real home.</summary>
public sealed class ResponsesTests(SharedUp shared)
{
    private readonly UpProcess _up = shared.Up;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static CreateResponseOptions Asking(string text, string? previous = null)
        => new("stories", [ResponseItem.CreateUserMessageItem(text)]) { Temperature = 0, MaxOutputTokenCount = 32, PreviousResponseId = previous };

    [Fact]
    public async Task The_official_client_gets_the_same_response_whole_streamed_and_again()
    {
        var client = new ResponsesClient(new ApiKeyCredential(_up.Key), new ResponsesClientOptions { Endpoint = new Uri(_up.Gateway + "/v1") });

        ResponseResult whole = await client.CreateResponseAsync(Asking("Once upon a time"), Ct);
        var streaming = Asking("Once upon a time");
        streaming.StreamingEnabled = true;
        var streamed = new StringBuilder();
        StreamingResponseUpdate? last = null;
        await foreach (var update in await client.CreateResponseStreamingAsync(streaming, Ct))
        {
            if (update is StreamingResponseOutputTextDeltaUpdate delta)
                streamed.Append(delta.Delta);
            last = update;
        }

        Assert.NotEmpty(whole.GetOutputText());
        Assert.Equal(whole.GetOutputText(), streamed.ToString());
        Assert.Equal((ResponseStatus.Incomplete, 32), (whole.Status, whole.Usage.OutputTokenCount));
        Assert.Equal(streamed.ToString(), Assert.IsType<StreamingResponseIncompleteUpdate>(last).Response.GetOutputText());
        Assert.Equal(whole.GetOutputText(), (await client.GetResponseAsync(whole.Id, Ct)).Value.GetOutputText());

        ResponseResult next = await client.CreateResponseAsync(Asking("And then?", whole.Id), Ct);
        Assert.True(next.Usage.InputTokenCount > whole.Usage.InputTokenCount + 32, $"{next.Usage.InputTokenCount} tokens hold no conversation of {whole.Usage.TotalTokenCount}");
        Assert.True((await client.DeleteResponseAsync(whole.Id, Ct)).Value.Deleted);
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => client.GetResponseAsync(whole.Id, Ct))).Status);
    }
}
