using System.Globalization;
using System.Text.RegularExpressions;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>The chat model that comes along, in our engine, asked all its held-out questions.</summary>
public sealed partial class PlanetsTests
{
    // The card says what was measured; other processors add in other orders, which may tip a few answers.
    private const int LeastRight = 170;
    private const int MostFalse = 8;

    [Theory]
    [InlineData("planets-Q8_0.gguf")]
    [InlineData("model.safetensors")]
    public async Task The_model_answers_its_held_out_questions_and_declines_others(string file)
    {
        Shell.Need("python3");
        using var engine = Shell.Start(Repository.File("orrery"), ["engine", "--model", Repository.File("models", "planets", file), "--port", "0"]);
        try
        {
            const string Says = "answers at ";
            string line = await engine.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(TimeSpan.FromMinutes(5), TestContext.Current.CancellationToken) ?? "";
            string address = line[(line.IndexOf(Says, StringComparison.Ordinal) + Says.Length)..];

            var score = await Shell.RunAsync("python3", [Repository.File("models", "planets", "score"), "--url", $"{address}/v1", "--model", "planets"]);

            Assert.True(score.Code == 0, score.ToString());
            var counts = Counts().Matches(score.Output).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(2, counts.Count);
            Assert.True(counts[0] >= LeastRight && counts[1] <= MostFalse, score.Output);
        }
        finally
        {
            engine.Kill(entireProcessTree: true);
        }
    }

    [GeneratedRegex(@": (\d+) of \d+")]
    private static partial Regex Counts();
}
