using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Output;
using Orrery.Cli.Status;
using Orrery.Resources.Text;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery status -w</c></summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    public static Command Create(IAnsiConsole console)
    {
        var watch = new Option<bool>("--watch", "-w") { Description = "Show it anew every two seconds, until Ctrl-C." };
        var output = CommonOptions.Choice("--output", "How it is written.", "table", ["table", "json", "yaml"]);
        output.Aliases.Add("-o");
        var command = new Command("status", "Show the home at a glance: its machine, its services, what they use and do. Services of every namespace, unless --namespace names one.") { watch, output, CommonOptions.AllNamespaces }.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(CommonOptions.AllNamespaces) && parsed.GetValue(CommonOptions.Namespace) is not null)
                throw new CliException("--all-namespaces and --namespace name two places. Leave one of them out.");
            using var session = ApiSession.Open(parsed);
            string? ns = parsed.GetValue(CommonOptions.Namespace);
            var running = session.Home is { } home ? RunningHome.Read(RunningHome.FileOf(home)) : null;
            var reader = new StatusReader(session, ns, TimeProvider.System);
            async Task<HomeStatus> ReadAsync(CancellationToken stop)
                => (await reader.ReadAsync(stop)) with { Home = session.Home, Since = running?.Started, Gateway = running?.Gateway };
            string Text(HomeStatus status) => parsed.GetValue(output) switch
            {
                "json" => JsonText.Lines(HomeStatusJson.Of(status)),
                "yaml" => Yaml.Write(HomeStatusJson.Of(status)),
                _ => HomeStatusText.Of(status, namespaces: ns is null),
            };

            var writer = console.Profile.Out.Writer;
            if (!parsed.GetValue(watch))
                await writer.WriteAsync(Text(await ReadAsync(ct)));
            else if (parsed.GetValue(output) == "table" && console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi)
                await OnScreenAsync(console, async stop => Text(await ReadAsync(stop)), ct);
            else
                await ReaderWatch.RunAsync(stop => InBlocksAsync(writer, parsed.GetValue(output)!, async () => Text(await ReadAsync(stop)), stop), ct);
            return 0;
        });
        return command;
    }

    private static async Task OnScreenAsync(IAnsiConsole console, Func<CancellationToken, Task<string>> text, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Period);
        // What keeps it from starting is told on the screen that stays.
        string first = await text(ct);
        using var screen = new TerminalScreen(console.Profile.Out.Writer, () => (console.Profile.Width, console.Profile.Height));
        screen.Show(first);
        while (await timer.WaitForNextTickAsync(ct))
            screen.Show(await text(ct));
    }

    /// <summary>One after the other, with a line between them.</summary>
    private static async Task InBlocksAsync(TextWriter writer, string form, Func<Task<string>> text, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Period);
        string between = form == "yaml" ? "---\n" : form == "json" ? "" : "\n";
        for (bool isFirst = true; isFirst || await timer.WaitForNextTickAsync(ct); isFirst = false)
        {
            await writer.WriteAsync((isFirst ? "" : between) + await text());
            await writer.FlushAsync(ct);
        }
    }
}
