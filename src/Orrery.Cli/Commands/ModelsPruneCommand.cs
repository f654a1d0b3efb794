using System.CommandLine;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Output;
using Orrery.Cli.Pulling;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery models prune</c>: deletes fetched models and weights that no service uses.</summary>
internal static class ModelsPruneCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var yes = new Option<bool>("--yes") { Description = "Delete them. Without it they are only named." };
        var command = new Command("prune", "Delete fetched models and weights that no service uses and that are not pinned (orrery.dev/pinned: \"true\").") { yes };
        command.SetAction(async (parsed, ct) =>
        {
            using var session = ApiSession.Open(parsed);
            var catalog = await session.CatalogAsync(ct);
            var output = console.Profile.Out.Writer;
            List<JsonObject> models = [.. await ListAsync("clusterbasemodels"), .. await ListAsync("basemodels"), .. await ListAsync("finetunedweights")];
            var unused = UnusedModels.Among(models, await ListAsync("inferenceservices"));
            if (unused.Count == 0)
            {
                await output.WriteLineAsync("Every fetched model is used or pinned.");
                return 0;
            }
            if (!parsed.GetValue(yes))
            {
                foreach (var model in unused)
                    await output.WriteLineAsync($"{model.Title} ({Quantity.Bytes(model.Bytes)})");
                await output.WriteLineAsync($"{unused.Count} unused: {Quantity.Bytes(unused.Sum(m => m.Bytes))} that nobody else has would come free, and what these share among themselves alone. `orrery models prune --yes` deletes them.");
                return 0;
            }
            await EachObject.DoAsync(
                unused,
                m => m.Title,
                async m =>
                {
                    await session.Client.DeleteAsync(catalog.Named(m.Kind).Single(), m.Namespace, m.Name, [], ct);
                    return $"deleted ({Quantity.Bytes(m.Bytes)})";
                },
                "could not be deleted",
                output);
            return 0;

            async Task<List<JsonObject>> ListAsync(string plural)
            {
                var kind = catalog.Named(plural).Single();
                var list = await session.Client.ListAsync(kind, new ListQuery(Namespace: null), ct);
                // Items of a list do not always say what they are.
                return [.. list["items"]!.AsArray().Select(i =>
                {
                    var item = i!.AsObject();
                    item["kind"] = kind.Kind;
                    return item;
                })];
            }
        });
        return command;
    }
}
