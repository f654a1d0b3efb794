using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Up;
using Orrery.Local.Home;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery up</c>: everything on this machine, until Ctrl-C.</summary>
internal static class UpCommand
{
    public const string Name = "up";

    /// <summary>How long after a signal replicas may still finish their answers, at most.</summary>
    /// <param name="parsed">Without errors.</param>
    public static TimeSpan MaxDrain(ParseResult parsed)
    {
        try
        {
            return HomeSettings.Load(Path.Combine(CommonOptions.HomePath(parsed), HomeFolder.ConfigName), Environment.GetEnvironmentVariables()).Serving.MaxDrain;
        }
        catch (CliException)
        {
            // The command itself says what is wrong with the settings, and does not start.
            return TimeSpan.Zero;
        }
    }

    public static Command Create(IAnsiConsole console)
    {
        var listen = new Option<string>("--listen") { Description = "Address of the OpenAI-compatible API (/v1).", DefaultValueFactory = _ => UpOptions.DefaultListen.ToString().TrimEnd('/') };
        var listenApi = new Option<string?>("--listen-api") { Description = "Address of the resource API. Default https://127.0.0.1:8443, or a free port when that is taken." };
        var model = new Option<string?>("--model") { Description = "GGUF file or model folder to serve instead of the small one that comes along." };
        var command = new Command(Name, "Start everything on this machine and serve a model.") { listen, listenApi, model };
        command.SetAction(async (parsed, ct) =>
        {
            var options = new UpOptions(
                CommonOptions.HomePath(parsed),
                ListenAddress.Parse("--listen", "http", parsed.GetValue(listen)!),
                parsed.GetValue(listenApi) is { } api ? ListenAddress.Parse("--listen-api", "https", api) : null,
                parsed.GetValue(model));
            if (options.Problems().FirstOrDefault() is { } problem)
                throw new CliException(problem);

            var report = new UpReport(console, options);
            await using var home = await EmbeddedHome.StartAsync(options, report, ct);
            await home.RunAsync(report, ct);
            return 0;
        });
        return command;
    }
}
