using System.CommandLine;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Output;
using Orrery.Resources;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery models</c>: what can be asked, and what it runs on.</summary>
internal static class ModelsCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var output = CommonOptions.Output();
        var command = new Command("models", "List models and the services that answer for them.") { output };
        command.SetAction(async (parsed, ct) =>
        {
            using var home = CommonOptions.Connect(parsed);
            var kinds = Kinds.Named("models").Append(Resources.Serving.InferenceService.Kind).ToList();
            var list = new ObjectList(new ResourceClient(home.Api), parsed.GetValue(output), Cell);
            await console.Profile.Out.Writer.WriteAsync(await list.OfKindsAsync(kinds, ns: null, ct));
            return 0;
        });
        return command;
    }

    // `get` leaves numbers whole: programs read it.
    private static string Cell(string column, JsonNode? value) => (column, value?.GetValueKind()) switch
    {
        ("Size", System.Text.Json.JsonValueKind.Number) => Quantity.Bytes(value!.GetValue<long>()),
        ("Parameters", System.Text.Json.JsonValueKind.Number) => Quantity.Count(value!.GetValue<long>()),
        _ => value?.ToString() ?? "",
    };
}
