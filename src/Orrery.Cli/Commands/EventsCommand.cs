using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Objects;
using Orrery.Cli.Output;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery events --for isvc/NAME -w</c></summary>
internal static class EventsCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var about = new Option<string?>("--for") { Description = "Only what happened to this object.", HelpName = "KIND/NAME" };
        var watch = new Option<bool>("--watch", "-w") { Description = "Go on with new ones, until Ctrl-C." };
        var types = new Option<string?>("--types") { Description = "Only events of this type.", HelpName = "Normal|Warning" };
        var output = CommonOptions.Output();
        var command = new Command("events", "Show what happened, the last of it last.") { about, watch, types, CommonOptions.AllNamespaces, output }.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            using var session = ApiSession.Open(parsed);
            string? given = parsed.GetValue(about);
            var (kind, one) = await session.ResolveAsync(c => (c.Of("v1", "Event"), given is null ? null : ObjectWords.Object([given], c)), ct);
            List<string> fields = [];
            if (one is not null)
                fields.AddRange([$"involvedObject.kind={one.Kind.Kind}", $"involvedObject.name={one.Name}"]);
            if (parsed.GetValue(types) is { } type)
                fields.Add($"type={type}");
            // Events of objects without a namespace lie in any.
            bool everywhere = parsed.GetValue(CommonOptions.AllNamespaces) || one is { Kind.Namespaced: false };
            var query = new ListQuery(everywhere ? null : session.Namespace(parsed), Fields: fields.Count == 0 ? null : string.Join(',', fields));
            var format = parsed.GetValue(output) ?? new OutputFormat.Table(Wide: false);
            var style = new TableStyle(format is OutputFormat.Table { Wide: true }, Namespace: everywhere);
            var writer = console.Profile.Out.Writer;
            if (!parsed.GetValue(watch))
                await writer.WriteAsync(await new ObjectList(session.Client, format, style).OfKindsAsync([kind], query, ct));
            else
                await ReaderWatch.RunAsync(new ObjectWatch(session.Client, kind, query, format, style, changesOnly: false, TimeProvider.System, writer).FollowAsync, ct);
            return 0;
        });
        return command;
    }
}
