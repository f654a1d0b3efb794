using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Orrery.Bench.Engine;

/// <summary>llama.cpp's own measurement of the same file, where its programs were unpacked by the tests.</summary>
internal static class LlamaBench
{
    /// <param name="program">One of llama.cpp's.</param>
    public static string? Find(string program = "llama-bench")
    {
        string cache = Environment.GetEnvironmentVariable("ORRERY_TEST_CACHE")
            ?? Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "orrery-test");
        string folder = Path.Combine(cache, "llama");
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, program, SearchOption.AllDirectories).FirstOrDefault() : null;
    }

    /// <summary>Best of its repetitions, in tokens per second.</summary>
    /// <param name="depth">Positions that are cached before.</param>
    public static async Task<(double Prefill, double Decode)> RunAsync(string program, string model, int threads, int prompt, int tokens, int depth)
    {
        var start = new ProcessStartInfo(program, ["-m", model, "-t", $"{threads}", "-p", $"{prompt}", "-n", $"{tokens}", "-d", $"{depth}", "-r", "3", "-o", "json"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["LD_LIBRARY_PATH"] = Path.GetDirectoryName(program);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}");

        var results = JsonNode.Parse(output)!.AsArray();
        return (Best(results, result => (int)result!["n_gen"]! == 0), Best(results, result => (int)result!["n_gen"]! > 0));
    }

    private static double Best(JsonArray results, Func<JsonNode?, bool> wanted)
        => results.Where(wanted).SelectMany(result => result!["samples_ts"]!.AsArray()).Select(sample => (double)sample!).DefaultIfEmpty(0).Max();
}
