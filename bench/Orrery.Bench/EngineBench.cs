using System.Diagnostics;
using Orrery.Engine;

namespace Orrery.Bench;

/// <summary>Tokens per second of one sequence in this process: queue, sampling and text included, HTTP not.</summary>
internal static class EngineBench
{
    private const int Repetitions = 7;
    private const int DecodeTokens = 128;

    /// <summary>The model that comes along, and the one of the tests in two types, to set beside other engines.</summary>
    public static IEnumerable<string> Models(string root) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(root, "models"), "*.gguf", SearchOption.AllDirectories).Order(StringComparer.Ordinal),
        Path.Combine(root, "tests", "Data", "stories260K", "stories260K-F32.gguf"),
        Path.Combine(root, "tests", "Data", "stories260K", "stories260K-Q8_0.gguf"),
    ];

    public static async Task<IReadOnlyList<Figure>> RunAsync(string name, string path)
    {
        await using var model = LocalTextModel.Load(path);
        int longPrompt = Math.Min(256, model.Card.ContextTokens / 2);
        int token = model.Tokenizer.BeginOfSequence ?? 1;
        var prompt = Enumerable.Range(0, longPrompt).Select(i => i == 0 ? token : 3 + (i % 100)).ToList();

        double prefill = 0;
        double decode = 0;
        double first = 0;
        for (int i = 0; i < Repetitions; i++)
        {
            prefill = Math.Max(prefill, longPrompt / (await TimeAsync(model, prompt, 1)).TotalSeconds);
            var one = await TimeAsync(model, [token], 1);
            var many = await TimeAsync(model, [token], DecodeTokens + 1);
            decode = Math.Max(decode, DecodeTokens / (many - one).TotalSeconds);
            first = i == 0 ? one.TotalMilliseconds : Math.Min(first, one.TotalMilliseconds);
        }
        return
        [
            new Figure($"engine {name}", $"prefill {longPrompt} tokens", prefill, "tokens/s"),
            new Figure($"engine {name}", $"decode {DecodeTokens} tokens", decode, "tokens/s"),
            new Figure($"engine {name}", "one token", first, "ms"),
        ];
    }

    private static async Task<TimeSpan> TimeAsync(LocalTextModel model, IReadOnlyList<int> prompt, int tokens)
    {
        var request = new TextRequest { Prompt = prompt, MaxTokens = tokens, Sampling = new SamplingOptions { Temperature = 0 } };
        var clock = Stopwatch.StartNew();
        await foreach (var piece in model.GenerateAsync(request, CancellationToken.None))
            _ = piece;
        return clock.Elapsed;
    }
}
