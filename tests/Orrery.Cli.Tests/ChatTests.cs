using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
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

    /// <summary>The first answer begins and never ends; the next one is whole.</summary>
    private sealed class StuckModel(Action begun) : HttpMessageHandler
    {
        private readonly Pipe _never = new();

        public List<JsonArray> Asked { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!["messages"]!.AsArray());
            if (Asked.Count > 1)
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("data: [DONE]\n\n", Encoding.UTF8, "text/event-stream") };
            begun();
            var content = new StreamContent(_never.Reader.AsStream());
            content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
        }
    }

    private sealed class Registration(Action disposed) : IDisposable
    {
        public void Dispose() => disposed();
    }

    [Fact]
    public async Task An_interrupt_ends_the_answer_and_the_conversation_goes_on_without_it()
    {
        Action? stop = null;
        using var model = new StuckModel(() => stop!());
        using var http = new HttpClient(model) { BaseAddress = new Uri("http://localhost") };
        var output = new StringWriter();
        var chatter = new Chatter(new ModelClient(http), new ChatOptions("m", 16, 0, null), output);
        var talk = new Talk(chatter, new StringReader("first\nsecond\n"), output, stopped =>
        {
            stop = stopped;
            return new Registration(() => stop = null);
        });

        await talk.RunAsync(Conversation.Empty, Ct);

        Assert.Contains("(stopped;", output.ToString());
        Assert.Equal(["second"], model.Asked[^1].Select(m => m!["content"]!.ToString()));
        Assert.Null(stop);
    }

    [Fact]
    public async Task A_question_that_alone_is_too_long_is_an_error()
    {
        var (chatter, model, _) = Start(room: 0);

        await Assert.ThrowsAsync<ContextOverflowException>(() => chatter.AnswerAsync(Conversation.Empty.With("user", "long"), Ct));
        Assert.Single(model.Asked);
    }
}
