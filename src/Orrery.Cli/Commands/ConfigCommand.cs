using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Output;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery config get-contexts</c>, <c>current-context</c>, <c>use-context NAME</c></summary>
internal static class ConfigCommand
{
    public static Command Create(IAnsiConsole console) => new("config", "See and choose the server that commands are about.")
    {
        Contexts(console), Current(console), Use(console),
    };

    private static Command Contexts(IAnsiConsole console)
    {
        var output = CommonOptions.Output();
        var command = new Command("get-contexts", "List the contexts.") { output, CommonOptions.Kubeconfig };
        command.SetAction(async (parsed, ct) =>
        {
            var choice = Everything(ContextChoice.Of(parsed));
            var config = choice.Read();
            var names = config.Contexts.Keys.Order(StringComparer.Ordinal).ToList();
            await console.Profile.Out.Writer.WriteAsync(parsed.GetValue(output) is OutputFormat.Name ? string.Concat(names.Select(n => n + "\n")) : TextTable.Render(
                ["CURRENT", "NAME", "SERVER", "USER", "NAMESPACE"],
                [.. names.Select(n => (Name: n, Context: config.Contexts[n])).Select(c => (IReadOnlyList<string>)
                [
                    c.Name == config.CurrentContext ? "*" : "",
                    c.Name,
                    config.Clusters.GetValueOrDefault(c.Context.Cluster)?.Server ?? "<none>",
                    c.Context.User ?? "<none>",
                    c.Context.Namespace ?? "default",
                ])]));
            return 0;
        });
        return command;
    }

    private static Command Current(IAnsiConsole console)
    {
        var command = new Command("current-context", "Show which context commands are about.") { CommonOptions.Kubeconfig };
        command.SetAction(async (parsed, ct) =>
        {
            string name = ContextChoice.Of(parsed).Read().CurrentContext ?? throw new CliException("No context is current. Choose one with: orrery config use-context NAME");
            await console.Profile.Out.Writer.WriteLineAsync(name);
            return 0;
        });
        return command;
    }

    private static Command Use(IAnsiConsole console)
    {
        var name = new Argument<string>("NAME") { Description = "As `orrery config get-contexts` lists it." };
        var command = new Command("use-context", "Choose the context that commands are about from now on.") { name, CommonOptions.Kubeconfig };
        command.SetAction(async (parsed, ct) =>
        {
            string wanted = parsed.GetValue(name)!;
            var choice = ContextChoice.Of(parsed);
            var all = Everything(choice).Read().Contexts;
            if (!all.ContainsKey(wanted))
                throw new CliException($"There is no context '{wanted}'; contexts: {(all.Count == 0 ? "none" : string.Join(", ", all.Keys.Order(StringComparer.Ordinal)))}.");
            // `up` writes the home's own file, and whoever uses that file alone must find the home in it.
            if (choice.Home is not null && choice.Read().CurrentContext != wanted)
                throw new CliException($"Commands are about the home {choice.Home} unless a kubeconfig is named. To choose among contexts: export KUBECONFIG={string.Join(Path.PathSeparator, Everything(choice).Files.Reverse())}");
            string file = choice.Home is not null ? choice.Files[0] : CurrentContext.Set(choice.Files, wanted);
            await console.Profile.Out.Writer.WriteLineAsync($"Switched to context '{wanted}' ({file}).");
            return 0;
        });
        return command;
    }

    /// <summary>Also what <c>--context</c> would find.</summary>
    private static ContextChoice Everything(ContextChoice choice)
        => choice.Home is null ? choice : choice with { Files = [.. choice.Files, Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config")] };
}
