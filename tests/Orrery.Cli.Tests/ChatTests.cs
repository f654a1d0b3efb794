using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Cli.Chat;
using Orrery.Cli.Client;

namespace Orrery.Cli.Tests;

public sealed class ChatTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("hello there ", "Say { Text = hello there }")]
    [InlineData("/system be brief", "System { Text = be brief }")]
    [InlineData("/system", "System { Text =  }")]
    [InlineData("/reset", "Reset { }")]
    [InlineData("/save a file.json", "Save { Path = a file.json }")]
    [InlineData("/save", "Unknown { Word = /save needs a file }")]
    [InlineData("/nonsense x", "Unknown { Word = there is no /nonsense }")]
    [InlineData("", "Nothing { }")]
    [InlineData(null, "Quit { }")]
    public void Lines_with_a_slash_are_for_the_program(string? line, string expected) => Assert.Equal(expected, ChatLine.Parse(line).ToString());

    [Fact]
    public void The_oldest_question_goes_with_its_answer_and_the_last_question_stays()
    {
        var talk = (Conversation.Empty with { System = "s" }).With("user", "1").With("assistant", "one").With("user", "2").With("assistant", "two").With("user", "3");

        var shorter = talk.WithoutOldest()!;

        Assert.Equal(["s", "2", "two", "3"], shorter.Messages().Select(m => m!["content"]!.ToString()));
        Assert.Equal(["3"], shorter.WithoutOldest()!.Turns.Select(t => t.Text));
        Assert.Null(shorter.WithoutOldest()!.WithoutOldest());
    }

    /// <summary>Has room for so many messages, as a model has for tokens.</summary>
    private sealed class SmallModel(int room) : HttpMessageHandler
    {
        public List<JsonArray> Asked { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var messages = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!["messages"]!.AsArray();
            Asked.Add(messages);
            if (messages.Count > room)
            {
                return new HttpResponseMessage(HttpStatusCode.BadRequest)
                {
                    Content = new StringContent("""{"error":{"message":"too long","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"""),
                };
            }
            const string Stream = """
                data: {"choices":[{"delta":{"role":"assistant","content":"Hel"}}]}

                data: {"choices":[{"delta":{"content":"lo"}}]}

                data: {"choices":[],"usage":{"completion_tokens":2}}

                data: [DONE]


                """;
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Stream, Encoding.UTF8, "text/event-stream") };
        }
    }

    private static (Chatter Chatter, SmallModel Model, StringWriter Output) Start(int room)
    {
        var model = new SmallModel(room);
        var output = new StringWriter();
        var client = new ModelClient(new HttpClient(model) { BaseAddress = new Uri("http://localhost") });
        return (new Chatter(client, new ChatOptions("m", 16, 0, null), output), model, output);
    }

    [Fact]
    public async Task An_answer_is_shown_and_remembered()
    {
        var (chatter, _, output) = Start(room: 9);

        var (conversation, tokens) = await chatter.AnswerAsync(Conversation.Empty.With("user", "hi"), Ct);

        Assert.Equal("Hello" + Environment.NewLine, output.ToString());
        Assert.Equal(new Turn("assistant", "Hello"), conversation.Turns[^1]);
        Assert.Equal(2, tokens);
    }

    [Fact]
    public async Task A_conversation_that_outgrows_the_context_loses_its_oldest_turns_and_says_so()
    {
        var (chatter, model, output) = Start(room: 2);
        var talk = (Conversation.Empty with { System = "s" }).With("user", "1").With("assistant", "one").With("user", "2").With("assistant", "two").With("user", "3");

        var (conversation, _) = await chatter.AnswerAsync(talk, Ct);

        Assert.Equal(["s", "3"], model.Asked[^1].Select(m => m!["content"]!.ToString()));
        Assert.Equal(["3", "Hello"], conversation.Turns.Select(t => t.Text));
        Assert.Contains("dropped, 2 so far", output.ToString());
    }

    [Fact]
    public async Task A_question_that_alone_is_too_long_is_an_error()
    {
        var (chatter, model, _) = Start(room: 0);

        await Assert.ThrowsAsync<ContextOverflowException>(() => chatter.AnswerAsync(Conversation.Empty.With("user", "long"), Ct));
        Assert.Single(model.Asked);
    }
}
