using System.Text;
using System.Text.Json;
using Orrery.Engine.Constraints;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Tests.Constraints;

public sealed class TokenConstraintTests
{
    private const string Person =
        """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0},"tags":{"type":"array","items":{"enum":["a","b"]}}},"required":["name","age"],"additionalProperties":false}""";

    public static TheoryData<string> Vocabularies => ["small", "large"];

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void The_mask_is_what_asking_token_by_token_gives(string vocabulary)
    {
        var (tokenizer, compiled) = Compile(vocabulary, Person);
        var random = new Random(1);
        var sequence = compiled.NewSequence();
        ulong[] mask = new ulong[compiled.MaskWords];
        for (int step = 0; step < 60 && !sequence.MustEnd; step++)
        {
            sequence.Allowed(mask);

            Assert.Equal(Enumerable.Range(0, tokenizer.VocabularySize).Where(token => MayCome(sequence, token)), Texts.Tokens(mask));

            int[] allowed = [.. Texts.Tokens(mask).Where(token => !tokenizer.EndOfText.Contains(token))];
            sequence.Accept(allowed[random.Next(allowed.Length)]);
        }
    }

    [Fact]
    public void An_end_may_come_exactly_when_the_text_is_whole()
    {
        var (tokenizer, compiled) = Compile("large", """{"type":"integer","minimum":1}""");
        var sequence = compiled.NewSequence();

        Assert.False(sequence.IsComplete);
        Assert.DoesNotContain(tokenizer.EndOfText, token => Allowed(sequence).Contains(token));

        Write(sequence, tokenizer, "1");

        Assert.True(sequence.IsComplete);
        Assert.False(sequence.MustEnd);
        Assert.Subset(Allowed(sequence).ToHashSet(), tokenizer.EndOfText.ToHashSet());

        sequence.Accept(tokenizer.EndOfText.First());

        Assert.True(sequence.MustEnd);
        Assert.Equal(tokenizer.EndOfText.Order(), Allowed(sequence));
    }

    [Fact]
    public void Only_an_end_may_follow_a_closed_object()
    {
        var (tokenizer, compiled) = Compile("small", Person);
        var sequence = compiled.NewSequence();

        Write(sequence, tokenizer, """{"name": "é", "age": 1}""");

        Assert.True(sequence.IsComplete);
        Assert.True(sequence.MustEnd);
        Assert.Equal(0, sequence.LeastTokensToEnd);
    }

    [Fact]
    public void Control_tokens_never_come()
    {
        var (tokenizer, compiled) = Compile("small", """{"type":"string"}""");
        var sequence = compiled.NewSequence();
        Write(sequence, tokenizer, "\"");

        Assert.DoesNotContain(tokenizer.BeginOfSequence!.Value, Allowed(sequence));
        Assert.All(Allowed(sequence), token => Assert.NotEqual(0, tokenizer.BytesOf(token).Length));
    }

    [Fact]
    public void A_token_that_ends_inside_of_a_character_is_followed_by_its_rest()
    {
        var (tokenizer, compiled) = Compile("small", """{"type":"string","maxLength":1}""");
        var sequence = compiled.NewSequence();
        Write(sequence, tokenizer, "\"");
        int first = Enumerable.Range(0, tokenizer.VocabularySize).First(token => tokenizer.BytesOf(token).SequenceEqual(new byte[] { 0xE2 }));

        sequence.Accept(first);

        Assert.All(Allowed(sequence), token => Assert.InRange(tokenizer.BytesOf(token)[0], 0x80, 0xBF));
    }

    [Fact]
    public void A_token_that_may_not_come_is_refused_and_changes_nothing()
    {
        var (tokenizer, compiled) = Compile("small", """{"type":"boolean"}""");
        var sequence = compiled.NewSequence();
        var before = Allowed(sequence);

        Assert.Throws<ArgumentException>(() => sequence.Accept(tokenizer.EndOfText.First()));
        Assert.Throws<ArgumentException>(() => sequence.Accept(-1));
        Assert.Throws<ArgumentException>(() => sequence.Accept(tokenizer.VocabularySize));
        Assert.Throws<ArgumentException>(() => sequence.Accept(tokenizer.BeginOfSequence!.Value));
        Assert.Equal(before, Allowed(sequence));
    }

    [Fact]
    public void A_fork_goes_its_own_way()
    {
        var (tokenizer, compiled) = Compile("small", """{"type":"integer"}""");
        var one = compiled.NewSequence();
        Write(one, tokenizer, "1");

        var other = one.Fork();
        Write(other, tokenizer, "2");
        other.Accept(tokenizer.EndOfText.First());

        Assert.True(other.MustEnd);
        Assert.False(one.MustEnd);
    }

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void What_is_left_at_the_start_is_enough_to_finish_and_no_less(string vocabulary)
    {
        var (tokenizer, compiled) = Compile(vocabulary, Person);
        int least = compiled.NewSequence().LeastTokensToEnd;

        Assert.InRange(least, 5, """{"name":"","age":0}""".Length);
        for (int seed = 0; seed < 20; seed++)
        {
            foreach (int budget in new[] { least, least + 1, least + 5, least + 40 })
                JsonDocument.Parse(RandomText.Write(compiled, tokenizer, budget, new Random(seed))).Dispose();
        }
    }

    [Fact]
    public void Names_of_properties_cost_the_tokens_they_take_and_not_their_letters()
    {
        var (tokenizer, compiled) = Compile("large", """{"const":"the planet Jupiter is the largest"}""");

        Assert.True(compiled.NewSequence().LeastTokensToEnd < 20, $"{compiled.NewSequence().LeastTokensToEnd}");
        Assert.Equal("\"the planet Jupiter is the largest\"", RandomText.Write(compiled, tokenizer, compiled.NewSequence().LeastTokensToEnd, new Random(0)));
    }

    [Fact]
    public void Too_few_tokens_leave_the_shortest_way()
    {
        var (tokenizer, compiled) = Compile("small", Person);
        var sequence = compiled.NewSequence();
        ulong[] mask = new ulong[compiled.MaskWords];
        int steps = 0;
        for (; !sequence.MustEnd; steps++)
        {
            sequence.Allowed(mask, tokensLeft: 1);
            sequence.Accept(Texts.Tokens(mask).First());
        }

        Assert.InRange(steps, 1, compiled.NewSequence().LeastTokensToEnd);
    }

    [Fact]
    public void A_vocabulary_that_lacks_what_the_grammar_needs_is_told()
    {
        var tokens = TokenTrie.Of(new ListTokenizer("{", "}", "\"", "a"));

        Assert.NotNull(CompiledConstraint.Of(Texts.Compile("""{"type":"object","additionalProperties":false}"""), tokens));
        Assert.Null(CompiledConstraint.Of(Texts.Compile("""{"type":"integer"}"""), tokens));
    }

    [Fact]
    public void Characters_without_a_token_are_left_out_and_nothing_leads_into_them()
    {
        var tokenizer = new ListTokenizer("\"", "a", "é", "\u00e9\"", "€x");
        var sequence = CompiledConstraint.Of(Texts.Compile("""{"type":"string","maxLength":2}"""), TokenTrie.Of(tokenizer))!.NewSequence();

        sequence.Accept(0);

        Assert.Equal([0, 1, 2, 3, 4], Allowed(sequence));
        sequence.Accept(4);
        Assert.Equal([0], Allowed(sequence));
    }

    [Fact]
    public void Sequences_of_one_constraint_run_at_once()
    {
        var (tokenizer, compiled) = Compile("large", Person);

        string[] together = new string[8];
        Parallel.For(0, together.Length, i => together[i] = RandomText.Write(compiled, tokenizer, 60, new Random(i)));

        var alone = Compile("large", Person).Compiled;
        Assert.Equal(Enumerable.Range(0, together.Length).Select(i => RandomText.Write(alone, tokenizer, 60, new Random(i))), together);
    }

    private static (Tokenizer Tokenizer, CompiledConstraint Compiled) Compile(string vocabulary, string schema)
    {
        var tokenizer = vocabulary == "small" ? Texts.Small : Texts.Large;
        return (tokenizer, CompiledConstraint.Of(Texts.Compile(schema), TokenTrie.Of(tokenizer))!);
    }

    private static IEnumerable<int> Allowed(ITokenConstraint sequence)
    {
        ulong[] mask = new ulong[sequence.MaskWords];
        sequence.Allowed(mask);
        return Texts.Tokens(mask);
    }

    private static bool MayCome(ITokenConstraint sequence, int token)
    {
        try
        {
            sequence.Fork().Accept(token);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Write(ITokenConstraint sequence, Tokenizer tokenizer, string text)
    {
        foreach (byte b in Encoding.UTF8.GetBytes(text))
            sequence.Accept(Enumerable.Range(0, tokenizer.VocabularySize).First(token => tokenizer.BytesOf(token).SequenceEqual(new[] { b })));
    }
}
