using System.Diagnostics;
using Orrery.Engine;
using Orrery.Tensors;

namespace Orrery.Bench.Engine;

/// <summary>1.1 billion weights: prefill and decode as shares of what the machine can do and beside llama.cpp, one after the other in the same run.</summary>
internal static class SpeedBench
{
    private const int Prompt = 256, Tokens = 32, Repetitions = 3;

    public static async Task<IReadOnlyList<Figure>> RunAsync(IReadOnlyList<int> contexts)
    {
        var figures = new List<Figure>();
        var read = new Dictionary<int, double>();
        var multiply = new Dictionary<int, double>();
        var threadCounts = new[] { 1, Environment.ProcessorCount }.Distinct().ToList();
        foreach (int threads in threadCounts)
        {
            (read[threads], multiply[threads]) = (Machine.ReadBandwidth(threads), Machine.Products(threads));
            figures.Add(new Figure($"machine, {threads} threads", "read bandwidth", read[threads] / 1e9, "GB/s"));
            figures.Add(new Figure($"machine, {threads} threads", "8-bit products", multiply[threads] / 1e9, "G/s"));
        }

        string? llama = LlamaBench.Find();
        if (llama is null)
            Console.Error.WriteLine("llama-bench: skipped, the tests have not unpacked it yet");
        foreach (var type in new[] { DType.Q4_0, DType.Q8_0, DType.Q4_K })
        {
            string path = RandomModel.Path(type);
            foreach (int threads in threadCounts)
            {
                string group = $"{Path.GetFileNameWithoutExtension(path)}, {threads} threads";
                var (prefill, decode, load) = Measure(path, threads, Prompt, depth: 0);
                figures.Add(new Figure(group, "load", load, "ms"));
                figures.Add(new Figure(group, $"prefill {Prompt}", prefill, "tokens/s"));
                figures.Add(new Figure(group, "prefill / products", prefill * RandomModel.Products / multiply[threads], "ratio"));
                figures.Add(new Figure(group, $"decode {Tokens}", decode, "tokens/s"));
                figures.Add(new Figure(group, "decode / bandwidth", decode * RandomModel.BytesPerToken(type) / read[threads], "ratio", "0.9"));
                if (llama is not null)
                    figures.AddRange(Beside(group, prefill, decode, await LlamaBench.RunAsync(llama, path, threads, Prompt, Tokens, depth: 0)));
            }
        }

        foreach (int context in contexts)
        {
            string path = RandomModel.Path(DType.Q4_0);
            int threads = threadCounts[^1];
            string group = $"{Path.GetFileNameWithoutExtension(path)}, {threads} threads, after {context}";
            var (prefill, decode, _) = Measure(path, threads, Prompt, context);
            figures.Add(new Figure(group, $"prefill {Prompt}", prefill, "tokens/s"));
            figures.Add(new Figure(group, $"decode {Tokens}", decode, "tokens/s"));
            if (llama is not null)
                figures.AddRange(Beside(group, prefill, decode, await LlamaBench.RunAsync(llama, path, threads, Prompt, Tokens, context)));
        }
        return figures;
    }

    private static IEnumerable<Figure> Beside(string group, double prefill, double decode, (double Prefill, double Decode) theirs) =>
    [
        new(group, "llama.cpp prefill", theirs.Prefill, "tokens/s"),
        new(group, "llama.cpp decode", theirs.Decode, "tokens/s"),
        new(group, "prefill / llama.cpp", prefill / theirs.Prefill, "ratio", "1.0"),
        new(group, "decode / llama.cpp", decode / theirs.Decode, "ratio", "1.2"),
    ];

    // Prompt and continuation each after so many positions, which are computed once.
    private static (double Prefill, double Decode, double LoadMs) Measure(string path, int threads, int prompt, int depth)
    {
        long start = Stopwatch.GetTimestamp();
        using var part = ModelPart.Load(path, layers: null, new EngineOptions { Threads = threads, MaxContextTokens = depth + prompt + Tokens });
        double load = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        using var sequence = part.Start();
        Fill(part, sequence, depth);
        if (depth == 0)
            Fill(part, sequence, part.BatchTokens);                     // reads the file
        double prefill = 0, decode = 0;
        for (int i = 0; i < Repetitions; i++)
        {
            sequence.Truncate(depth);
            start = Stopwatch.GetTimestamp();
            Fill(part, sequence, prompt);
            prefill = Math.Max(prefill, prompt / Stopwatch.GetElapsedTime(start).TotalSeconds);

            sequence.Truncate(depth);
            start = Stopwatch.GetTimestamp();
            for (int token = 0; token < Tokens; token++)
                sequence.Forward([token]);
            decode = Math.Max(decode, Tokens / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return (prefill, decode, load);
    }

    private static void Fill(ModelPart part, PartSequence sequence, int positions)
    {
        int[] tokens = [.. Enumerable.Range(0, positions).Select(i => i * 7919 % part.Vocabulary)];
        for (int at = 0; at < positions; at += part.BatchTokens)
            sequence.Forward(tokens.AsSpan(at, Math.Min(part.BatchTokens, positions - at)));
    }
}
