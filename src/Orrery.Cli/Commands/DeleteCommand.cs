using System.CommandLine;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Manifests;
using Orrery.Cli.Objects;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery delete isvc NAME</c>, <c>orrery delete -f FILE</c></summary>
internal static class DeleteCommand
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(1);

    public static Command Create(IAnsiConsole console)
    {
        var words = new Argument<string[]>("OBJECTS") { Description = "A kind and names, each object as KIND/NAME, or a kind with --all or --selector.", Arity = ArgumentArity.ZeroOrMore };
        var files = CommonOptions.Files("Delete the objects of these manifests.");
        var recursive = new Option<bool>("--recursive", "-R") { Description = "Folders with what is below them." };
        var all = new Option<bool>("--all") { Description = "All objects of the kind, in the namespace." };
        var cascade = CommonOptions.Choice("--cascade", "background: what they own goes after them; foreground: before them; orphan: it stays.", "background", ["background", "foreground", "orphan"]);
        var wait = new Option<bool>("--wait") { Description = "Come back when they are gone. Default: true.", DefaultValueFactory = _ => true };
        var timeout = CommonOptions.Duration("--timeout", "How long to wait at most. Default: 1m.");
        var ignore = new Option<bool>("--ignore-not-found") { Description = "An object that is not there is no mistake." };
        var dryRun = CommonOptions.Choice("--dry-run", "server: check, delete nothing. client: name the objects, ask nothing.", "none", ["none", "server", "client"]);
        var command = new Command("delete", "Delete objects, and what they own.") { words, files, recursive, all, CommonOptions.Labels, cascade, wait, timeout, ignore, dryRun }.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            string[] named = parsed.GetValue(words) ?? [], written = parsed.GetValue(files) ?? [];
            if (named.Length == 0 == (written.Length == 0))
                throw new CliException(named.Length == 0 ? "Name the objects to delete, or their manifests with --filename. See: orrery delete --help" : "Objects are named, or by --filename; not both.");
            using var session = ApiSession.Open(parsed);
            string ns = session.Namespace(parsed);
            var objects = written.Length > 0
                ? await OfFilesAsync(session, await ManifestFiles.ReadAsync(written, parsed.GetValue(recursive), ct), ns, parsed.GetValue(CommonOptions.Namespace) is not null, ct)
                : [.. (await ChosenObjects.OfAsync(session, named, ns, parsed.GetValue(all), parsed.GetValue(CommonOptions.Labels), ct)).Select(o => (o, ns))];
            string mode = parsed.GetValue(dryRun)!;
            var deletion = new Deletion(
                session.Client, parsed.GetValue(cascade)!, mode, parsed.GetValue(wait) ? parsed.GetValue(timeout) ?? DefaultTimeout : TimeSpan.Zero, parsed.GetValue(ignore));
            if (objects.Count == 0)
                await console.Profile.Out.Writer.WriteLineAsync("There are no such objects.");
            await EachObject.DoAsync(objects, o => o.Object.Title, o => deletion.DeleteAsync(o.Object, o.Namespace, ct), "could not be deleted", console.Profile.Out.Writer);
            return 0;
        });
        return command;
    }

    // The last one written is the first to go: what others stand on is mostly written first.
    private static async Task<List<(ObjectName Object, string Namespace)>> OfFilesAsync(
        ApiSession session, IReadOnlyList<WrittenObject> written, string ns, bool isGiven, CancellationToken ct)
        => [.. (await session.ResolveAsync(c => ManifestSet.Of(written, c, ns, isGiven, check: false), ct)).Reverse().Select(m => (new ObjectName(m.Kind, m.Name), m.Namespace))];

    private sealed record Deletion(ResourceClient Client, string Cascade, string Mode, TimeSpan Wait, bool IgnoreNotFound)
    {
        public async Task<string> DeleteAsync(ObjectName one, string ns, CancellationToken ct)
        {
            if (Mode == "client")
                return "deleted (client dry run)";
            var options = new JsonObject { ["propagationPolicy"] = char.ToUpperInvariant(Cascade[0]) + Cascade[1..] };
            if (Mode == "server")
                options["dryRun"] = new JsonArray("All");
            JsonObject answer;
            try
            {
                answer = await Client.DeleteAsync(one.Kind, ns, one.Name, options, ct);
            }
            catch (RefusedException e) when (IgnoreNotFound && e.Status == 404)
            {
                return "not found";
            }
            if (Mode == "server")
                return "deleted (server dry run)";
            // A new object of the same name is not the one that was to go.
            string? uid = (answer["metadata"]?["uid"] ?? answer["details"]?["uid"])?.ToString();
            if (Wait > TimeSpan.Zero && !await new ObjectWait(Client, TimeProvider.System).UntilAsync(one.Kind, ns, one.Name, o => o is null || (uid is not null && o["metadata"]?["uid"]?.ToString() != uid), Wait, ct))
                throw new CliException($"{one.Title} is marked for deletion and still there after {Wait.TotalSeconds:0.###} s: a finalizer holds it. See: orrery describe {one.Title}");
            return "deleted";
        }
    }
}
