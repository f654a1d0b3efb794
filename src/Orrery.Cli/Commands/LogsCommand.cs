using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Objects;
using Orrery.Cli.Output;
using Orrery.Resources.Serving;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery logs isvc/NAME -f</c>, <c>orrery logs pod/NAME</c></summary>
internal static class LogsCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var reference = new Argument<string>("OBJECT") { Description = "isvc/NAME: all replicas of a service. pod/NAME: one of them." };
        var name = new Argument<string?>("NAME") { Description = "Where OBJECT is a kind alone.", Arity = ArgumentArity.ZeroOrOne };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with new lines." };
        var tail = CommonOptions.Whole("--tail", "Only so many last lines.");
        var since = CommonOptions.Duration("--since", "Only lines of so long ago or newer, as in 10m. Pods only.");
        var timestamps = new Option<bool>("--timestamps") { Description = "Each line's time before it. Pods only." };
        var previous = new Option<bool>("--previous", "-p") { Description = "Of the run before this one. Pods only." };
        var container = new Option<string?>("--container", "-c") { Description = "Of this container of the pod." };
        var command = new Command("logs", "Show what the replicas of a service wrote.") { reference, name, follow, tail, since, timestamps, previous, container }.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            using var session = ApiSession.Open(parsed);
            string[] words = parsed.GetValue(name) is { } second ? [parsed.GetValue(reference)!, second] : [parsed.GetValue(reference)!];
            var one = await session.ResolveAsync(
                c => words.Length == 1 && !words[0].Contains('/') && !IsKind(c, words[0])
                    ? throw new CliException($"'{words[0]}' is no kind. To see the logs of a service of that name write isvc/{words[0]}, of a pod pod/{words[0]}.")
                    : ObjectWords.Object(words, c), ct);
            bool isService = one.Kind.Kind == InferenceService.Kind.Name && one.Kind.Group == InferenceService.Kind.Group;
            if (!isService && one.Kind is not { Group: "", Kind: "Pod" })
                throw new CliException($"Logs are kept of services and pods: write isvc/NAME or pod/NAME, not {one.Title}.");

            List<string> query = [$"follow={(parsed.GetValue(follow) ? "true" : "false")}"];
            if (parsed.GetValue(tail) is { } lines)
                query.Add($"tailLines={lines}");
            List<(string Option, string? Parameter)> ofPods =
            [
                ("--since", parsed.GetValue(since) is { } time ? $"sinceSeconds={Math.Max(1, (long)Math.Ceiling(time.TotalSeconds))}" : null),
                ("--timestamps", parsed.GetValue(timestamps) ? "timestamps=true" : null),
                ("--previous", parsed.GetValue(previous) ? "previous=true" : null),
                ("--container", parsed.GetValue(container) is { } of ? $"container={Uri.EscapeDataString(of)}" : null),
            ];
            if (isService && ofPods.FirstOrDefault(o => o.Parameter is not null) is { Option: { } option })
                throw new CliException($"{option} is for one pod: write pod/NAME. See: orrery get pods");
            query.AddRange(ofPods.Select(o => o.Parameter).OfType<string>());

            var writer = console.Profile.Out.Writer;
            await ReaderWatch.RunAsync(
                async token =>
                {
                    await foreach (string line in session.Client.TextAsync($"{one.Kind.Path(session.Namespace(parsed), one.Name)}/log?{string.Join('&', query)}", token))
                    {
                        await writer.WriteLineAsync(line);
                        await writer.FlushAsync(token);
                    }
                },
                ct);
            return 0;
        });
        return command;
    }

    private static bool IsKind(Discovery.ApiCatalog catalog, string word)
    {
        try
        {
            return catalog.Named(word).Count > 0;
        }
        catch (Discovery.UnknownKindException)
        {
            return false;
        }
    }

}
