using System.Text.Json;
using Orrery.Engine.Constraints;

namespace Orrery.Engine.Tests.Constraints;

public sealed class RandomSchemaTests
{
    private const int Schemas = 1000;

    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    public void What_is_written_under_a_random_schema_parses_and_is_valid_and_ends_in_time(string vocabulary)
    {
        var tokenizer = vocabulary == "small" ? Texts.Small : Texts.Large;
        var tokens = TokenTrie.Of(tokenizer);
        int closers = 0;

        // Closing brackets and quotes made likely give many whole texts; without, long ones that the number of tokens ends.
        int[] likely = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(token => tokenizer.BytesOf(token) is [(byte)'"' or (byte)'}' or (byte)']']), .. tokenizer.EndOfText];
        for (int seed = 0; seed < Schemas; seed++)
        {
            string schema = RandomSchema.Of(seed).ToJsonString();
            var compiled = CompiledConstraint.Of(Texts.Compile(schema), tokens)!;
            var validator = new SchemaValidator(Texts.Json(schema));
            int least = compiled.NewSequence().LeastTokensToEnd;
            foreach (var (budget, kind) in new[] { (least, 0), (least + (seed % 30), 1), (least + 60, 0) })
            {
                string text = RandomText.Write(compiled, tokenizer, budget, new Random(seed), kind == 0 ? likely : null);
                using var document = Parse(text, schema);
                Assert.True(validator.IsValid(document.RootElement), $"seed {seed}, {budget} tokens: {schema}\nmade {text}");
                closers += kind;
            }
        }
        Assert.Equal(Schemas, closers);
    }

    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    public void Any_object_parses_however_few_tokens_are_left(string vocabulary)
    {
        var tokenizer = vocabulary == "small" ? Texts.Small : Texts.Large;
        var compiled = CompiledConstraint.Of(JsonConstraint.AnyObject, TokenTrie.Of(tokenizer))!;
        int[] openers = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(token => tokenizer.BytesOf(token) is [(byte)'{' or (byte)'['])];
        for (int seed = 0; seed < 200; seed++)
        {
            string text = RandomText.Write(compiled, tokenizer, 2 + seed, new Random(seed), seed % 2 == 0 ? openers : null);
            using var document = Parse(text, "any object");
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        }
    }

    private static JsonDocument Parse(string text, string schema)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"{schema}\nmade {text}", e);
        }
    }
}
