using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Orrery.Api.Tests.Kubectl;

/// <summary>A kubectl of this machine, run with a home of its own so that it leaves nothing behind.</summary>
internal sealed class KubectlProgram
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly string _program;
    private readonly string _home;
    private readonly string _kubeconfig;

    private KubectlProgram(string program, string home, string kubeconfig)
    {
        _program = program;
        _home = home;
        _kubeconfig = kubeconfig;
    }

    /// <summary>Set for every run, beside what a run needs.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>What a finished run left.</summary>
    public sealed record Run(int Code, string Output, string Error)
    {
        public override string ToString() => $"exit code {Code}\nstdout:\n{Output}\nstderr:\n{Error}";
    }

    /// <summary>The same, skipped by name where the program is older than what the test is about.</summary>
    /// <param name="minor">Of version 1; 24 brought --subresource, 27 strict field validation and explain by OpenAPI v3.</param>
    public static async Task<KubectlProgram> FindAsync(string name, TempFolder home, TestApi api, int minor)
    {
        var kubectl = Find(name, home, api);
        string version = JsonNode.Parse(await kubectl.SucceedsAsync("version", "--client", "-o", "json"))!["clientVersion"]!["gitVersion"]!.ToString();
        Assert.SkipWhen(int.Parse(version.Split('.')[1], CultureInfo.InvariantCulture) < minor, $"{name} is {version}; this is about 1.{minor} and newer");
        return kubectl;
    }

    /// <param name="name"><c>kubectl.1.33</c>, <c>kubectl</c> and so on. The test is skipped by name where it is absent.</param>
    public static KubectlProgram Find(string name, TempFolder home, TestApi api)
    {
        string? program = Places().Select(p => Path.Combine(p, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, $"{name} is not on this machine");
        string kubeconfig = home.File("kubeconfig");
        Kubeconfig.Write(kubeconfig, api.Server.Address, api.Authority);
        return new KubectlProgram(program!, home.Path, kubeconfig);
    }

    public async Task<Run> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(Bound);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(bound.Token);
            var error = process.StandardError.ReadToEndAsync(bound.Token);
            await process.WaitForExitAsync(bound.Token);
            return new Run(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"kubectl {string.Join(' ', arguments)} did not end within {Bound.TotalSeconds} s");
        }
    }

    /// <summary>Runs and expects success; the output is given back.</summary>
    public async Task<string> SucceedsAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(run.Code == 0, $"kubectl {string.Join(' ', arguments)}: {run}");
        return run.Output;
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(_program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _home };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["HOME"] = _home;
        start.Environment["KUBECACHEDIR"] = Path.Combine(_home, "cache");
        start.Environment["KUBECONFIG"] = _kubeconfig;
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"{_program} did not start");
    }

    /// <summary>The folders of PATH, and the one that a kubectl found there really lies in.</summary>
    private static IEnumerable<string> Places()
    {
        var folders = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (string folder in folders)
        {
            yield return folder;
            if (new FileInfo(Path.Combine(folder, "kubectl")) is { Exists: true } link && link.ResolveLinkTarget(returnFinalTarget: true) is { } target)
                yield return Path.GetDirectoryName(target.FullName)!;
        }
    }
}
