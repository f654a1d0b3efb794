using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Discovery;
using Orrery.Cli.Objects;
using Orrery.Cli.Output;
using Orrery.Cli.Rollouts;
using Orrery.Control.Revisions;
using Orrery.Resources.Text;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery rollout status|history|undo|pause|resume|restart isvc/NAME</c></summary>
internal static class RolloutCommand
{
    public const string Name = "rollout";

    private const string MergePatch = "application/merge-patch+json";
    private const int MaxTries = 5;
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(10);

    public static Command Create(IAnsiConsole console) => new(Name, "Follow, hold, repeat and undo changes of what a service runs.")
    {
        Status(console), History(console), Undo(console),
        Patching(console, "pause", "Replace no more replicas until it is resumed.", "paused", _ => new JsonObject { ["paused"] = true }),
        Patching(console, "resume", "Go on replacing replicas.", "resumed", _ => new JsonObject { ["paused"] = null }),
        Patching(console, "restart", "Replace every replica by one of the same.", "restarted", now => new JsonObject { ["restartedAt"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) }),
    };

    private static Command Status(IAnsiConsole console)
    {
        var words = Services();
        var timeout = CommonOptions.Duration("--timeout", "How long to wait at most. Default: 10m.");
        var watch = new Option<bool>("--watch", "-w") { Description = "Wait until it is done. Default: true.", DefaultValueFactory = _ => true };
        var command = new Command("status", "Say how far the last change is, until every replica has it. Exit code 1 when it cannot get there, or not in time.") { words, timeout, watch }.OnServer();
        command.SetAction((parsed, ct) => EachAsync(parsed, words, async (session, kind, ns, name) =>
        {
            RolloutState last = new RolloutState.Going("");
            bool Look(JsonObject? service)
            {
                var state = service is null ? throw new CliException($"inferenceservice/{name} was deleted.") : RolloutState.Of(service);
                if (state.Text != last.Text)
                    console.Profile.Out.Writer.WriteLine(state.Text);
                last = state;
                return state is not RolloutState.Going;
            }
            await session.Client.GetAsync(kind, ns, name, table: false, ct);
            var within = parsed.GetValue(watch) ? parsed.GetValue(timeout) ?? DefaultTimeout : TimeSpan.Zero;
            bool ended = await new ObjectWait(session.Client, TimeProvider.System).UntilAsync(kind, ns, name, Look, within, ct);
            if (!ended && parsed.GetValue(watch))
                throw new CliException($"inferenceservice/{name} did not get there within {within.TotalSeconds:0.###} s. See: orrery describe isvc {name}");
            return last is RolloutState.Stuck ? 1 : 0;
        }, ct));
        return command;
    }

    private static Command History(IAnsiConsole console)
    {
        var words = Services();
        var number = CommonOptions.Whole("--revision", "Show what this one runs.");
        var command = new Command("history", "List the revisions that are kept.") { words, number }.OnServer();
        command.SetAction((parsed, ct) => EachAsync(parsed, words, async (session, kind, ns, name) =>
        {
            var history = await HistoryAsync(session, kind, ns, name, ct);
            if (parsed.GetValue(number) is { } one)
                await console.Profile.Out.Writer.WriteAsync(Yaml.Write(history.Chosen(one)["data"]!["template"]!.AsObject()));
            else
                await console.Profile.Out.Writer.WriteAsync(TextTable.Render(RevisionHistory.Header, history.Rows(TimeProvider.System.GetUtcNow())));
            return 0;
        }, ct));
        return command;
    }

    private static Command Undo(IAnsiConsole console)
    {
        var words = Services();
        var to = CommonOptions.Whole("--to-revision", "Its number in the history. Default: the last good one before the present.");
        var command = new Command("undo", "Go back to an earlier revision: what replicas run, never how many of them.") { words, to }.OnServer();
        command.SetAction((parsed, ct) => EachAsync(parsed, words, async (session, kind, ns, name) =>
        {
            for (int tries = 1; ; tries++)
            {
                var history = await HistoryAsync(session, kind, ns, name, ct);
                var chosen = history.Chosen(parsed.GetValue(to));
                var service = history.Service;
                service["spec"] = TemplateFields.Restored(service["spec"]!.AsObject(), chosen["data"]!["template"]!.AsObject());
                try
                {
                    await session.Client.WriteAsync(HttpMethod.Put, kind.Path(ns, name), service, "application/json", ct);
                }
                catch (RefusedException e) when (e.Status == 409 && tries < MaxTries)
                {
                    continue;
                }
                await console.Profile.Out.Writer.WriteLineAsync($"inferenceservice/{name} goes back to revision {RevisionHistory.Number(chosen)} ({RevisionHistory.Hash(chosen)})");
                return 0;
            }
        }, ct));
        return command;
    }

    private static Command Patching(IAnsiConsole console, string verb, string description, string done, Func<DateTimeOffset, JsonObject> spec)
    {
        var words = Services();
        var command = new Command(verb, description) { words }.OnServer();
        command.SetAction((parsed, ct) => EachAsync(parsed, words, async (session, kind, ns, name) =>
        {
            await session.Client.WriteAsync(HttpMethod.Patch, kind.Path(ns, name), new JsonObject { ["spec"] = spec(TimeProvider.System.GetUtcNow()) }, MergePatch, ct);
            await console.Profile.Out.Writer.WriteLineAsync($"inferenceservice/{name} {done}");
            return 0;
        }, ct));
        return command;
    }

    private static Argument<string[]> Services()
        => new("SERVICES") { Description = "InferenceServices, as isvc/NAME or isvc NAME.", Arity = ArgumentArity.OneOrMore };

    /// <returns>The worst exit code.</returns>
    private static async Task<int> EachAsync(
        ParseResult parsed, Argument<string[]> words, Func<ApiSession, ApiResource, string, string, Task<int>> act, CancellationToken ct)
    {
        using var session = ApiSession.Open(parsed);
        string ns = session.Namespace(parsed);
        var objects = await session.ResolveAsync(c => ObjectWords.Objects(parsed.GetValue(words)!, c, ""), ct);
        if (objects.FirstOrDefault(o => o.Kind.Kind != "InferenceService") is { } other)
            throw new CliException($"{other.Title} has no rollouts: only InferenceServices have, as in isvc/NAME.");
        int code = 0;
        foreach (var one in objects)
            code = Math.Max(code, await act(session, one.Kind, ns, one.Name));
        return code;
    }

    private static async Task<RevisionHistory> HistoryAsync(ApiSession session, ApiResource services, string ns, string name, CancellationToken ct)
    {
        var kinds = await session.ResolveAsync(c => ObjectWords.Kinds("controllerrevisions.apps", c), ct);
        return await RevisionHistory.ReadAsync(session.Client, services, kinds[0], ns, name, ct);
    }
}
