using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>The README's session, line by line, as it stands there.</summary>
public sealed class ReadmeTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private UpProcess? _up;

    public async ValueTask DisposeAsync()
    {
        if (_up is not null)
            await _up.DisposeAsync();
        _folder.Dispose();
    }

    private static string[] Session()
    {
        string readme = File.ReadAllText(Repository.File("README.md"));
        string section = readme[readme.IndexOf("## A session", StringComparison.Ordinal)..];
        const string Fence = "```console\n";
        string block = section[(section.IndexOf(Fence, StringComparison.Ordinal) + Fence.Length)..];
        return block[..block.IndexOf("```", StringComparison.Ordinal)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public async Task Every_line_of_the_session_works_as_it_is_written()
    {
        Shell.Need("curl");
        // The home is where ~/.orrery would be; only the port differs, since another program may have 8080.
        string home = _folder.File(".orrery");
        var env = new Dictionary<string, string> { ["HOME"] = _folder.Path, ["ORRERY_HOME"] = home };
        _up = await UpProcess.StartAsync(home);
        var lines = Session();

        Assert.Equal(5, lines.Length);
        foreach (string line in lines)
        {
            var ran = await Shell.BashAsync(line.Replace("http://127.0.0.1:8080", _up.Gateway, StringComparison.Ordinal), env);
            Assert.True(ran.Code == 0 && ran.Output.Length > 0 && !ran.Output.Contains("\"error\"", StringComparison.Ordinal), $"{line}\n{ran}");
        }
    }

    [Fact]
    public async Task The_first_line_of_the_readme_starts_up_with_no_arguments()
    {
        Assert.SkipWhen(PortTaken(8080), "port 8080 is taken on this machine");
        var env = new Dictionary<string, string> { ["ORRERY_HOME"] = _folder.File("home") };
        using var process = Shell.Start(Repository.File("orrery"), ["up"], env);
        string? line = "";
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromMinutes(5));
        while (line is not null && !line.Contains("Ctrl-C stops everything", StringComparison.Ordinal))
            line = await process.StandardOutput.ReadLineAsync(late.Token);

        await Shell.RunAsync("kill", ["-INT", process.Id.ToString()]);
        await process.WaitForExitAsync(late.Token);

        Assert.NotNull(line);
        Assert.Equal(0, process.ExitCode);
    }

    private static bool PortTaken(int port)
    {
        try
        {
            using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port);
            listener.Start();
            return false;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }
}
