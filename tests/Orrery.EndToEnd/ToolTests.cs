using System.ClientModel;
using System.Text;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>The official client gives functions to the model that comes along, through the gateway.</summary>
public sealed class ToolTests(SharedUp shared)
{
    private static readonly ChatTool CountMoons = ChatTool.CreateFunctionTool("count_moons", "How many moons a planet has", BinaryData.FromString(
        """{"type":"object","properties":{"planet":{"type":"string","enum":["Earth","Mars","Jupiter"]}},"required":["planet"],"additionalProperties":false}"""));

    private static readonly ChatMessage[] Question = [new UserChatMessage("How many moons does Mars have?")];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ChatClient Planets => new OpenAIClient(new ApiKeyCredential(shared.Up.Key), new OpenAIClientOptions { Endpoint = new Uri(shared.Up.Gateway + "/v1") }).GetChatClient("planets");

    [Fact]
    public async Task The_model_that_comes_along_answers_in_words_where_it_may_choose()
    {
        var answer = (await Planets.CompleteChatAsync(Question, Options(ChatToolChoice.CreateAutoChoice()), Ct)).Value;

        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Empty(answer.ToolCalls);
        Assert.Contains("Phobos", answer.Content[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_call_is_valid_and_its_result_is_read_in_the_next_turn()
    {
        var call = (await Planets.CompleteChatAsync(Question, Options(ChatToolChoice.CreateRequiredChoice()), Ct)).Value;
        var made = Assert.Single(call.ToolCalls);
        AssertPlanet(made.FunctionArguments.ToString());
        Assert.Equal((ChatFinishReason.ToolCalls, "count_moons", 0), (call.FinishReason, made.FunctionName, call.Content.Count));

        ChatMessage[] next = [.. Question, new AssistantChatMessage(call), new ToolChatMessage(made.Id, "2")];
        var answer = (await Planets.CompleteChatAsync(next, Options(ChatToolChoice.CreateNoneChoice()), Ct)).Value;

        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.NotEmpty(answer.Content[0].Text);
        Assert.True(answer.Usage.InputTokenCount > 40, "the call and its result are in the prompt");
    }

    [Fact]
    public async Task A_named_function_is_streamed_as_it_is_answered_whole()
    {
        var options = Options(ChatToolChoice.CreateFunctionChoice("count_moons"));

        var whole = (await Planets.CompleteChatAsync(Question, options, Ct)).Value.ToolCalls.Single();
        var arguments = new StringBuilder();
        var ids = new HashSet<string>();
        ChatFinishReason? finish = null;
        await foreach (var update in Planets.CompleteChatStreamingAsync(Question, options, Ct))
        {
            foreach (var part in update.ToolCallUpdates)
            {
                Assert.Equal(0, part.Index);
                Assert.True(part.FunctionName is null or "count_moons");
                if (part.ToolCallId is { } id)
                    ids.Add(id);
                arguments.Append(part.FunctionArgumentsUpdate);
            }
            finish = update.FinishReason ?? finish;
        }

        Assert.Equal(ChatFinishReason.ToolCalls, finish);
        Assert.Equal(whole.FunctionArguments.ToString(), arguments.ToString());
        AssertPlanet(arguments.ToString());
        Assert.Single(ids);
        Assert.DoesNotContain(whole.Id, ids);
    }

    [Fact]
    public async Task A_schema_that_cannot_be_kept_is_refused_with_its_place()
    {
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("f", "", BinaryData.FromString("""{"type":"object","properties":{"a":{"not":{}}}}""")) } };

        var error = await Assert.ThrowsAsync<ClientResultException>(() => Planets.CompleteChatAsync(Question, options, Ct));

        Assert.Equal(400, error.Status);
        Assert.Contains("#/properties/a", error.Message, StringComparison.Ordinal);
    }

    private static ChatCompletionOptions Options(ChatToolChoice choice)
        => new() { Temperature = 0, Tools = { CountMoons }, ToolChoice = choice, AllowParallelToolCalls = false };

    private static void AssertPlanet(string arguments)
    {
        using var json = JsonDocument.Parse(arguments);
        Assert.Contains(json.RootElement.GetProperty("planet").GetString(), (string?[])["Earth", "Mars", "Jupiter"]);
    }
}
