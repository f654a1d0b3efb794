using System.CommandLine;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Objects;
using Orrery.Cli.Output;
using Orrery.Resources.Models;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery models</c>: what can be asked, and what it runs on; <c>orrery models inspect</c>: what one of them is.</summary>
internal static class ModelsCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var output = CommonOptions.Output();
        var command = new Command("models", "List models and the services that answer for them.") { output, InspectCommand.Create(console), ModelsPruneCommand.Create(console) };
        command.SetAction(async (parsed, ct) =>
        {
            using var session = ApiSession.Open(parsed);
            var kinds = await session.ResolveAsync(c => ObjectWords.Kinds("models,inferenceservices", c), ct);
            var list = new ObjectList(session.Client, parsed.GetValue(output) ?? new OutputFormat.Table(Wide: false), new TableStyle(Cell: Cell));
            await console.Profile.Out.Writer.WriteAsync(await list.OfKindsAsync(kinds, new ListQuery(Namespace: null), ct));
            return 0;
        });
        return command;
    }

    // `get` leaves numbers whole: programs read it.
    private static string Cell(string column, JsonNode? value) => (column, value?.GetValueKind()) switch
    {
        ("Size", System.Text.Json.JsonValueKind.Number) => Quantity.Bytes(value!.GetValue<long>()),
        ("Parameters", System.Text.Json.JsonValueKind.Number) => ParameterSize.Text(value!.GetValue<long>()),
        _ => value?.ToString() ?? "",
    };
}
