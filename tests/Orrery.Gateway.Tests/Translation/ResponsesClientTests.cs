#pragma warning disable OPENAI001 // The client calls its part for responses experimental.
using System.ClientModel;
using System.Text.Json.Nodes;
using OpenAI.Responses;
using Orrery.Gateway.Tests.Fixtures;

namespace Orrery.Gateway.Tests.Translation;

/// <summary>The official OpenAI client for responses, over a replica that knows chat alone.</summary>
public sealed class ResponsesClientTests
{
    private const string Thoughtful = """
        {"choices":[{"message":{"role":"assistant","reasoning_content":"hm","content":"Hi"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":2,"completion_tokens":5,"total_tokens":7,"completion_tokens_details":{"reasoning_tokens":3}}}
        """;
    private const string Calling = """
        {"choices":[{"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]},"finish_reason":"tool_calls"}]}
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<(GatewayUnderTest Gateway, ResponsesClient Client)> ServingAsync(IReplica replica)
    {
        var gateway = await GatewayUnderTest.StartAsync();
        await gateway.ServeAsync("m", replica);
        await gateway.SeesModelAsync("m", ready: true);
        return (gateway, new ResponsesClient(new ApiKeyCredential(gateway.AdminKey), new ResponsesClientOptions { Endpoint = new Uri(gateway.Client.BaseAddress!, "/v1") }));
    }

    [Fact]
    public async Task It_asks_and_goes_on_and_comes_back_and_deletes()
    {
        await using var replica = await ScriptedReplica.SayingAsync(Thoughtful);
        var (gateway, client) = await ServingAsync(replica);
        await using var _ = gateway;

        var options = new CreateResponseOptions("m", [ResponseItem.CreateUserMessageItem("x")]) { Instructions = "be brief", Metadata = { ["k"] = "v" } };
        ResponseResult first = await client.CreateResponseAsync(options, Ct);
        ResponseResult second = await client.CreateResponseAsync("m", "y", first.Id, Ct);

        Assert.Equal(("Hi", ResponseStatus.Completed, "m", "v"), (first.GetOutputText(), first.Status, first.Model, first.Metadata["k"]));
        Assert.Equal((2, 5, 3), (first.Usage.InputTokenCount, first.Usage.OutputTokenCount, first.Usage.OutputTokenDetails.ReasoningTokenCount));
        Assert.IsType<ReasoningResponseItem>(first.OutputItems[0]);
        Assert.Equal(first.Id, second.PreviousResponseId);
        Assert.Equal(
            """[{"role":"user","content":"x"},{"role":"assistant","content":"Hi"},{"role":"user","content":"y"}]""",
            JsonNode.Parse(replica.Requests.Last().Body)!["messages"]!.ToJsonString());

        ResponseResult again = await client.GetResponseAsync(first.Id, Ct);
        Assert.Equal((first.Id, "Hi", first.CreatedAt), (again.Id, again.GetOutputText(), again.CreatedAt));
        var asked = Assert.IsAssignableFrom<MessageResponseItem>(Assert.Single(await client.GetResponseInputItemsAsync(second.Id, Ct).ToListAsync(Ct)));
        Assert.Equal((MessageRole.User, "y"), (asked.Role, asked.Content[0].Text));

        ResponseDeletionResult deleted = await client.DeleteResponseAsync(first.Id, Ct);
        Assert.True(deleted.Deleted);
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => client.GetResponseAsync(first.Id, Ct))).Status);
        Assert.Equal(400, (await Assert.ThrowsAsync<ClientResultException>(() => client.CreateResponseAsync("m", "z", second.Id, Ct))).Status);
    }

    [Fact]
    public async Task It_calls_functions_and_sends_their_results()
    {
        int asked = 0;
        await using var replica = await ScriptedReplica.StartAsync(http => ScriptedReplica.WholeAsync(http, Interlocked.Increment(ref asked) == 1 ? Calling : Thoughtful));
        var (gateway, client) = await ServingAsync(replica);
        await using var _ = gateway;
        var tool = ResponseTool.CreateFunctionTool("weather", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}"""), strictModeEnabled: false);

        ResponseResult calling = await client.CreateResponseAsync(new CreateResponseOptions("m", [ResponseItem.CreateUserMessageItem("x")]) { Tools = { tool }, ToolChoice = ResponseToolChoice.CreateRequiredChoice() }, Ct);
        var call = Assert.IsType<FunctionCallResponseItem>(Assert.Single(calling.OutputItems));
        Assert.Equal(("weather", """{"city":"Oslo"}"""), (call.FunctionName, call.FunctionArguments.ToString()));

        ResponseResult done = await client.CreateResponseAsync(
            new CreateResponseOptions("m", [ResponseItem.CreateFunctionCallOutputItem(call.CallId, "rain")]) { PreviousResponseId = calling.Id, Tools = { tool } }, Ct);

        Assert.Equal("Hi", done.GetOutputText());
        Assert.Equal("""{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}},"strict":false}}""", JsonNode.Parse(replica.Requests.First().Body)!["tools"]![0]!.ToJsonString());
        Assert.Equal("required", (string?)JsonNode.Parse(replica.Requests.First().Body)!["tool_choice"]);
        Assert.Equal(
            """
            [{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\u0022city\u0022:\u0022Oslo\u0022}"}}]},
            {"role":"tool","tool_call_id":"call_1","content":"rain"}]
            """.ReplaceLineEndings(""),
            JsonNode.Parse(replica.Requests.Last().Body)!["messages"]!.ToJsonString());
    }

    [Fact]
    public async Task It_reads_a_stream_to_its_end()
    {
        await using var replica = await ScriptedReplica.StartAsync(http => ScriptedReplica.StreamAsync(
            http,
            """data: {"choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"hm"}}]}""" + "\n\n",
            """data: {"choices":[{"index":0,"delta":{"content":"H"}}]}""" + "\n\n",
            """data: {"choices":[{"index":0,"delta":{"content":"i"}}]}""" + "\n\n",
            """data: {"choices":[{"index":0,"delta":{"refusal":"no"}}]}""" + "\n\n",
            """data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}""" + "\n\n",
            "data: [DONE]\n\n"));
        var (gateway, client) = await ServingAsync(replica);
        await using var _ = gateway;

        var options = new CreateResponseOptions("m", [ResponseItem.CreateUserMessageItem("x")]) { StreamingEnabled = true };
        var updates = new List<StreamingResponseUpdate>();
        await foreach (var update in await client.CreateResponseStreamingAsync(options, Ct))
            updates.Add(update);

        Assert.Equal(Enumerable.Range(0, updates.Count), updates.Select(u => u.SequenceNumber));
        Assert.Equal("hm", string.Concat(updates.OfType<StreamingResponseReasoningTextDeltaUpdate>().Select(u => u.Delta)));
        Assert.Equal("Hi", string.Concat(updates.OfType<StreamingResponseOutputTextDeltaUpdate>().Select(u => u.Delta)));
        Assert.Equal("Hi", Assert.Single(updates.OfType<StreamingResponseOutputTextDoneUpdate>()).Text);
        Assert.Equal("no", Assert.Single(updates.OfType<StreamingResponseRefusalDoneUpdate>()).Refusal);
        Assert.Equal("{}", Assert.Single(updates.OfType<StreamingResponseFunctionCallArgumentsDoneUpdate>()).FunctionArguments.ToString());
        Assert.Equal(3, updates.OfType<StreamingResponseOutputItemDoneUpdate>().Count());
        var completed = Assert.IsType<StreamingResponseCompletedUpdate>(updates[^1]);
        Assert.Equal("Hi", completed.Response.GetOutputText());
        Assert.Equal("Hi", (await client.GetResponseAsync(completed.Response.Id, Ct)).Value.GetOutputText());
    }
}
