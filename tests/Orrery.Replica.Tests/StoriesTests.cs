using System.ClientModel;
using System.Text;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;
using Orrery.Engine;

namespace Orrery.Replica.Tests;

/// <summary>A small trained model behind a replica, asked by plain HTTP and by OpenAI's own client.</summary>
public sealed class StoriesTests
{
    private static readonly ChatMessage[] Once = [new UserChatMessage("Once upon a time")];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_choices_with_a_seed_are_what_single_requests_with_the_following_seeds_get()
    {
        await using var model = Load();
        await using var replica = await ReplicaUnderTest.StartAsync(model);
        async Task<string[]> TextsAsync(int seed, int n)
        {
            var answer = await replica.PostForJsonAsync(
                "/v1/completions", $$"""{"prompt":"Once upon a time","max_tokens":30,"seed":{{seed}},"n":{{n}},"min_p":0.02,"presence_penalty":0.5}""");
            return [.. answer["choices"]!.AsArray().Select(choice => (string)choice!["text"]!)];
        }

        string[] together = await TextsAsync(seed: 7, n: 3);
        string[] singly = [.. await TextsAsync(7, 1), .. await TextsAsync(8, 1), .. await TextsAsync(9, 1)];

        Assert.Equal(singly, together);
        Assert.Equal(3, together.Distinct().Count());
    }

    [Fact]
    public async Task Usage_says_how_much_of_a_prompt_was_in_the_cache()
    {
        await using var model = Load();
        await using var replica = await ReplicaUnderTest.StartAsync(model);
        string body = $$"""{"prompt":"{{string.Concat(Enumerable.Repeat("Once upon a time there was a girl. ", 4))}}","max_tokens":1}""";

        var first = (await replica.PostForJsonAsync("/v1/completions", body))["usage"]!;
        var again = (await replica.PostForJsonAsync("/v1/completions", body))["usage"]!;

        int cached = (int)again["prompt_tokens_details"]!["cached_tokens"]!;
        Assert.Equal(0, (int)first["prompt_tokens_details"]!["cached_tokens"]!);
        Assert.Equal(0, cached % 16);
        Assert.InRange(cached, (int)again["prompt_tokens"]! - 16, (int)again["prompt_tokens"]! - 1);
    }

    [Fact]
    public async Task OpenAIs_client_reads_log_probabilities_whole_and_streamed()
    {
        await using var model = Load();
        await using var replica = await ReplicaUnderTest.StartAsync(model);
        var chat = Client(replica);
        var options = new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 12, IncludeLogProbabilities = true, TopLogProbabilityCount = 3 };

        var whole = (await chat.CompleteChatAsync(Once, options, Ct)).Value;
        var streamed = new List<ChatTokenLogProbabilityDetails>();
        await foreach (var update in chat.CompleteChatStreamingAsync(Once, options, Ct))
            streamed.AddRange(update.ContentTokenLogProbabilities);

        var tokens = whole.ContentTokenLogProbabilities;
        Assert.Equal(12, tokens.Count);
        Assert.Equal(whole.Content[0].Text, Encoding.UTF8.GetString([.. tokens.SelectMany(token => token.Utf8Bytes!.Value.ToArray())]));
        Assert.Equal(whole.Content[0].Text, string.Concat(tokens.Select(token => token.Token)));
        // Greedy: what was chosen is the most likely.
        Assert.All(tokens, token => Assert.Equal((3, token.Token, token.LogProbability), (token.TopLogProbabilities.Count, token.TopLogProbabilities[0].Token, token.TopLogProbabilities[0].LogProbability)));
        Assert.All(tokens, token => Assert.InRange(token.TopLogProbabilities.Sum(one => Math.Exp(one.LogProbability)), 0.01, 1.000001));
        Assert.Equal(tokens.Select(token => (token.Token, token.LogProbability)), streamed.Select(token => (token.Token, token.LogProbability)));
    }

    [Fact]
    public async Task OpenAIs_client_sets_biases_and_penalties()
    {
        await using var model = Load();
        await using var replica = await ReplicaUnderTest.StartAsync(model);
        var chat = Client(replica);
        var options = new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 40 };
        string plain = (await chat.CompleteChatAsync(Once, options, Ct)).Value.Content[0].Text;

        options.FrequencyPenalty = 2;
        string penalised = (await chat.CompleteChatAsync(Once, options, Ct)).Value.Content[0].Text;
        int first = model.Tokenizer.Encode("Lily", addSpecial: false)[0];
        options.LogitBiases[first] = 100;
        options.FrequencyPenalty = 0;
        string biased = (await chat.CompleteChatAsync(Once, options, Ct)).Value.Content[0].Text;

        Assert.NotEqual(plain, penalised);
        Assert.Equal(string.Concat(Enumerable.Repeat(Encoding.UTF8.GetString(model.Tokenizer.BytesOf(first)), 40)), biased);
    }

    [Fact]
    public async Task OpenAIs_client_reads_an_answer_with_several_choices()
    {
        await using var model = Load();
        await using var replica = await ReplicaUnderTest.StartAsync(model);

        // The client has no option for n; a body of one's own goes through it all the same, and it reads the first choice.
        var result = await Client(replica).CompleteChatAsync(BinaryContent.Create(BinaryData.FromString(
            """{"model":"m","messages":[{"role":"user","content":"Once upon a time"}],"n":3,"seed":1,"max_tokens":8,"logprobs":true}""")));
        var raw = result.GetRawResponse().Content;
        var read = System.ClientModel.Primitives.ModelReaderWriter.Read<ChatCompletion>(raw)!;

        Assert.Equal(3, JsonNode.Parse(raw)!["choices"]!.AsArray().Count);
        Assert.Equal((string)JsonNode.Parse(raw)!["choices"]![0]!["message"]!["content"]!, read.Content[0].Text);
        Assert.Equal((8, 24), (read.ContentTokenLogProbabilities.Count, read.Usage.OutputTokenCount));
    }

    private static LocalTextModel Load() => LocalTextModel.Load(Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"));

    private static ChatClient Client(ReplicaUnderTest replica) => new OpenAIClient(
        new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = new Uri(replica.Host.Address + "/v1") }).GetChatClient("stories");
}
