using System.Diagnostics;
using Orrery.Models.Tests.Understanding;
using Orrery.Models.Understanding;

namespace Orrery.Bench;

/// <summary>How long it takes to understand a large model from its headers, which are in memory as they are when they were just written or read.</summary>
internal static class UnderstandingBench
{
    private const int Shards = 30, Repetitions = 21;

    public static IReadOnlyList<Figure> Run(string root)
    {
        string folder = Directory.CreateTempSubdirectory("orrery-bench-").FullName;
        try
        {
            LargeModel.Write(Path.Combine(root, "tests", "Data", "configs", "llama3_1.json"), folder, Shards);
            ModelSummary.Read(folder);
            var times = new List<double>();
            for (int i = 0; i < Repetitions; i++)
            {
                var clock = Stopwatch.StartNew();
                ModelSummary.Read(folder);
                times.Add(clock.Elapsed.TotalMilliseconds);
            }
            times.Sort();
            return [new Figure("models", $"70B in {Shards} shards understood, median", times[Repetitions / 2], "ms", "< 50")];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
