using System.Diagnostics;
using System.Text;
using Orrery.Engine.Constraints;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Tests.Constraints;

/// <summary>Prints what masks cost; asserts ten times the aims: 5 µs for a state that was met before, 5 ms for a new one of 128k tokens.</summary>
public sealed class SpeedTests
{
    private const string Schema =
        """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0},"notes":{"type":"array","items":{"type":"string","maxLength":200}}},"required":["name","age","notes"],"additionalProperties":false}""";

    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    [InlineData("128k")]
    public void A_step_costs_microseconds_where_its_state_was_met_before(string vocabulary)
    {
        var tokenizer = vocabulary switch { "small" => Texts.Small, "large" => Texts.Large, _ => Invented(128_000) };
        var clock = Stopwatch.StartNew();
        var tokens = TokenTrie.Of(tokenizer);
        double trie = clock.Elapsed.TotalMilliseconds;
        clock.Restart();
        var compiled = CompiledConstraint.Of(Texts.Compile(Schema), tokens)!;
        double compile = clock.Elapsed.TotalMilliseconds;

        var (cold, _) = Steps(compiled, tokenizer);
        var (warm, constrain) = Steps(compiled, tokenizer);
        string figures = $"{vocabulary}: {tokenizer.VocabularySize} tokens, tree {trie:F1} ms, compiled {compile:F1} ms, first sequence {Mean(cold):F1} µs a step "
            + $"(worst {cold.Max():F0}), second {Mean(warm):F1} µs (worst {warm.Max():F0}), logits {Mean(constrain):F1} µs";

        TestContext.Current.TestOutputHelper?.WriteLine(figures);
        warm.Sort();
        cold.Sort();
        Assert.True(warm[warm.Count / 2] < 50, figures);
        Assert.True(cold[cold.Count * 9 / 10] < 50_000, figures);
    }

    private static double Mean(List<double> steps) => steps.Average();

    private static (List<double> Masks, List<double> Logits) Steps(CompiledConstraint compiled, Tokenizer tokenizer)
    {
        var random = new Random(7);
        var sequence = compiled.NewSequence();
        ulong[] mask = new ulong[sequence.MaskWords];
        float[] logits = new float[tokenizer.VocabularySize];
        var (masks, constrain) = (new List<double>(), new List<double>());
        for (int step = 0; step < 300 && !sequence.MustEnd; step++)
        {
            for (int i = 0; i < logits.Length; i++)
                logits[i] = random.NextSingle();
            long start = Stopwatch.GetTimestamp();
            sequence.Allowed(mask);
            double allowed = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            start = Stopwatch.GetTimestamp();
            LogitMask.Constrain(logits, mask);
            constrain.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            int next = Greedy.Best(logits);
            start = Stopwatch.GetTimestamp();
            sequence.Accept(next);
            masks.Add(allowed + Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        return (masks, constrain);
    }

    /// <summary>All printable ASCII characters and pronounceable tokens, spaced or not, of one to ten letters.</summary>
    private static ListTokenizer Invented(int size)
    {
        var random = new Random(1);
        var tokens = new HashSet<string>(Enumerable.Range(0x20, 0x5F).Select(c => ((char)c).ToString()));
        while (tokens.Count < size)
        {
            var token = new StringBuilder(random.Next(2) == 0 ? " " : "");
            for (int length = random.Next(2, 11); length > 0; length--)
                token.Append((length % 2 == 0 ? "bcdfghjklmnprst\",:{}" : "aeiou01")[random.Next(length % 2 == 0 ? 20 : 7)]);
            tokens.Add(token.ToString());
        }
        return new ListTokenizer([.. tokens]);
    }
}
