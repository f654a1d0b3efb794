using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Orrery.Models.Tests.ChatTemplates;

/// <summary>Other people's engines, run as programs on many cases at once.</summary>
internal static class ReferenceRenderer
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>@huggingface/jinja from npm, installed once. Skips by name where node or the package cannot be had.</summary>
    public static async Task<IReadOnlyList<Outcome>> NodeAsync(IEnumerable<(string Source, JsonObject Input)> cases)
    {
        string folder = await NodePackages.FolderAsync(Script(""), "@huggingface/jinja");
        return await RenderAsync("node", Script("render.mjs"), folder, cases);
    }

    /// <summary>Python's own Jinja2, where a python3 has it; skips by name elsewhere.</summary>
    public static async Task<IReadOnlyList<Outcome>> PythonAsync(IEnumerable<(string Source, JsonObject Input)> cases)
    {
        foreach (string python in (string[])["python3", "/usr/bin/python3"])
        {
            if (await RunAsync(python, ["-c", "import jinja2"], Script(""), "") is { ExitCode: 0 })
                return await RenderAsync(python, Script("render.py"), Script(""), cases);
        }
        Assert.Skip("no python3 with jinja2 is here");
        return [];
    }

    private static async Task<IReadOnlyList<Outcome>> RenderAsync(
        string program, string script, string folder, IEnumerable<(string Source, JsonObject Input)> cases)
    {
        var work = new JsonObject
        {
            ["now"] = NoonTime.Now,
            ["cases"] = new JsonArray([.. cases.Select(c => new JsonObject { ["source"] = c.Source, ["input"] = c.Input.DeepClone() })]),
        };
        var run = await RunAsync(program, [script], folder, work.ToJsonString());
        Assert.SkipUnless(run is not null, $"{program} is not on the PATH");
        Assert.True(run.ExitCode == 0, $"{program} {script}: exit code {run.ExitCode}: {run.Error}");
        return [.. JsonNode.Parse(run.Output)!.AsArray().Select(r => new Outcome((string?)r!["text"], (string?)r["error"]))];
    }

    private static string Script(string file) => Repository.File("tests", "Orrery.Models.Tests", "ChatTemplates", "reference", file);

    /// <summary>Null: there is no such program.</summary>
    private static async Task<Ended?> RunAsync(string program, string[] arguments, string folder, string input)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new Ended(process.ExitCode, await output, (await error).Trim());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Exactly one of the two is set.</summary>
    public sealed record Outcome(string? Text, string? Error);

    private sealed record Ended(int ExitCode, string Output, string Error);
}
