using System.Diagnostics;

namespace Orrery.Models.Tests.Gguf;

/// <summary>llama.cpp's own program, from the reference data beside this checkout.</summary>
internal sealed record LlamaQuantize(string Program)
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    /// <summary>The test is skipped by name where it is missing or not made for this processor.</summary>
    public static async Task<LlamaQuantize> FindAsync()
    {
        string folder = Path.Combine(TestCache.Path, "llama");
        if (!Directory.Exists(folder))
            await UnpackedArchive.UnpackAsync(Repository.Shared("bin", "llama.tar.xz"), folder);
        string? program = Directory.EnumerateFiles(folder, "llama-quantize", SearchOption.AllDirectories).FirstOrDefault();
        Assert.SkipWhen(program is null, $"llama-quantize is not in {folder}");
        return new LlamaQuantize(program!);
    }

    /// <summary>Fails unless it ends well.</summary>
    public async Task RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LD_LIBRARY_PATH"] = Path.GetDirectoryName(Program);
        using var process = Process.Start(start)!;
        using var bound = new CancellationTokenSource(Bound);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(bound.Token), process.StandardError.ReadToEndAsync(bound.Token));
        await process.WaitForExitAsync(bound.Token);
        const int IllegalInstruction = 128 + 4;
        Assert.SkipWhen(process.ExitCode == IllegalInstruction, "llama-quantize does not run on this processor");
        Assert.True(process.ExitCode == 0, $"llama-quantize {string.Join(' ', arguments)}: {await output}{await errors}");
    }
}
