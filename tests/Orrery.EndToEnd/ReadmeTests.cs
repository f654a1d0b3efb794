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

    /// <summary>The lines of all console blocks between the two headings.</summary>
    private static List<string> Session()
    {
        string readme = File.ReadAllText(Repository.File("README.md"));
        int start = readme.IndexOf("## A session", StringComparison.Ordinal);
        string section = readme[start..readme.IndexOf("## What works", StringComparison.Ordinal)];
        var lines = new List<string>();
        bool inside = false;
        foreach (string line in section.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = line == "```console";
            else if (inside)
                lines.Add(line);
        }
        return lines;
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

        Assert.Equal(13, lines.Count);
        bool hasKubectl = (await Shell.BashAsync("command -v kubectl")).Code == 0;
        foreach (string line in lines.Where(l => hasKubectl || !l.StartsWith("kubectl", StringComparison.Ordinal)))
        {
            // A person types more slowly than this test: what was just started may need a moment to have something to show.
            Ran? last = null;
            await Eventually.SeesAsync(
                async () =>
                {
                    last = await Shell.BashAsync(line.Replace("http://127.0.0.1:8080", _up.Gateway, StringComparison.Ordinal), env);
                    return last.Code == 0 && last.Output.Length > 0 && !last.Output.Contains("\"error\"", StringComparison.Ordinal) ? last : null;
                },
                () => $"{line}\n{last}");
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
