namespace Orrery.Engine.Tests;

public sealed class LocalTextModelTests
{
    private static readonly SamplingOptions Greedy = new() { Temperature = 0 };

    [Fact]
    public async Task The_card_says_what_the_model_is()
    {
        await using var model = Stories.Load();

        Assert.Equal(("stories260K", "llama", 512, null), (model.Card.Name, model.Card.Architecture, model.Card.ContextTokens, model.Card.ChatTemplate));
        Assert.Empty(model.Card.Adapters);
    }

    [Fact]
    public async Task Every_step_is_a_piece_and_the_last_one_says_why_it_ended()
    {
        await using var model = Stories.Load();

        var pieces = await Stories.CollectAsync(model, Once(model) with { MaxTokens = 5 });

        Assert.Equal([432, 383, 286, 261, 376, null], pieces.Select(piece => piece.Token));
        Assert.Equal([null, null, null, null, null, FinishReason.Length], pieces.Select(piece => piece.Finish));
    }

    [Theory]
    [InlineData("little", ", there was a ")]
    [InlineData("ttle girl na", ", there was a li")]
    [InlineData(", there", "")]
    [InlineData("Lily. She loved", ", there was a little girl named ")]
    public async Task The_text_ends_before_a_stop_string_also_across_tokens(string stop, string expected)
    {
        await using var model = Stories.Load();

        var pieces = await Stories.CollectAsync(model, Once(model) with { MaxTokens = 64, Stop = ["never there", stop] });

        Assert.Equal(expected, Stories.Text(pieces));
        Assert.Equal(FinishReason.Stop, pieces[^1].Finish);
    }

    [Fact]
    public async Task A_stop_string_that_only_begins_is_given_out_at_the_end()
    {
        await using var model = Stories.Load();

        var held = await Stories.CollectAsync(model, Once(model) with { MaxTokens = 5, Stop = [" a little dog"] });
        Assert.Equal(await GreedyText(model, 5), Stories.Text(held));
        Assert.Equal((null, FinishReason.Length), (held[^1].Token, held[^1].Finish));
        Assert.NotEqual("", held[^1].Text);
    }

    [Fact]
    public async Task An_end_of_text_token_ends_the_text_and_is_no_piece()
    {
        using var folder = new TempFolder();
        await using var model = LocalTextModel.Load(PatchedStories.WithNumber(folder, "tokenizer.ggml.eos_token_id", 376));

        var pieces = await Stories.CollectAsync(model, Once(model));

        Assert.Equal([432, 383, 286, 261], Stories.Tokens(pieces));
        Assert.Equal(new TextPiece(null, "", FinishReason.Stop), pieces[^1]);
    }

    [Fact]
    public async Task The_context_ends_the_text()
    {
        await using var model = Stories.Load(options: new EngineOptions { MaxContextTokens = 20 });

        var pieces = await Stories.CollectAsync(model, Once(model));

        Assert.Equal(20, model.Card.ContextTokens);
        Assert.Equal(20 - 5, Stories.Tokens(pieces).Length);
        Assert.Equal(FinishReason.Length, pieces[^1].Finish);
    }

    [Fact]
    public async Task The_whole_context_can_be_used()
    {
        await using var model = Stories.Load();

        Assert.Equal(512 - 5, Stories.Tokens(await Stories.CollectAsync(model, Once(model) with { Sampling = new SamplingOptions { Seed = 1, TopK = 1 } })).Length);
    }

    [Fact]
    public async Task No_tokens_wanted_is_an_empty_text()
    {
        await using var model = Stories.Load();

        Assert.Equal([new TextPiece(null, "", FinishReason.Length)], await Stories.CollectAsync(model, Once(model) with { MaxTokens = 0 }));
    }

    [Theory]
    [InlineData(511, true)]
    [InlineData(512, false)]
    [InlineData(5000, false)]
    public async Task A_prompt_must_leave_room_for_one_token(int length, bool fits)
    {
        await using var model = Stories.Load();
        var request = new TextRequest { Prompt = [.. Enumerable.Repeat(5, length)], Sampling = Greedy };

        if (fits)
        {
            Assert.Single(Stories.Tokens(await Stories.CollectAsync(model, request)));
            return;
        }
        var error = await Assert.ThrowsAsync<ContextLengthException>(() => Stories.CollectAsync(model, request));
        Assert.Equal((length, 512), (error.PromptTokens, error.ContextTokens));
    }

    [Fact]
    public async Task A_request_that_makes_no_sense_is_refused_with_all_its_problems()
    {
        await using var model = Stories.Load();
        var request = new TextRequest { Prompt = [], MaxTokens = -1, Stop = [""], Sampling = new SamplingOptions { Temperature = float.NaN, TopP = 2, TopK = -1 } };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => Stories.CollectAsync(model, request));

        foreach (string field in new[] { "prompt:", "maxTokens:", "stop:", "temperature:", "topP:", "topK:" })
            Assert.Contains(field, error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Stories.CollectAsync(model, new TextRequest { Prompt = [512] }));
        await Assert.ThrowsAsync<ArgumentException>(() => Stories.CollectAsync(model, new TextRequest { Prompt = [-1] }));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_text()
    {
        await using var model = Stories.Load();
        var request = Once(model) with { MaxTokens = 40, Sampling = new SamplingOptions { Seed = 7 } };

        string first = Stories.Text(await Stories.CollectAsync(model, request));
        string other = Stories.Text(await Stories.CollectAsync(model, request with { Sampling = new SamplingOptions { Seed = 8 } }));
        string again = Stories.Text(await Stories.CollectAsync(model, request));

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public async Task Without_a_seed_texts_differ()
    {
        await using var model = Stories.Load();
        var request = Once(model) with { MaxTokens = 40, Sampling = new SamplingOptions() };

        string first = Stories.Text(await Stories.CollectAsync(model, request));

        // That four more of 40 sampled tokens are all the same does not happen.
        var others = new List<string>();
        for (int i = 0; i < 4; i++)
            others.Add(Stories.Text(await Stories.CollectAsync(model, request)));
        Assert.Contains(others, other => other != first);
    }

    private static TextRequest Once(LocalTextModel model) => new() { Prompt = model.Tokenizer.Encode("Once upon a time", addSpecial: true), Sampling = Greedy };

    private static async Task<string> GreedyText(LocalTextModel model, int tokens)
        => Stories.Text(await Stories.CollectAsync(model, Once(model) with { MaxTokens = tokens }));
}
