using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Output;
using Orrery.Resources;
using Orrery.Resources.Text;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery get isvc,models [NAME]</c></summary>
internal static class GetCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(IAnsiConsole console)
    {
        var kinds = new Argument<string>("KINDS") { Description = "Kinds, short names or categories, separated by commas; or KIND/NAME." };
        var name = new Argument<string?>("NAME") { Description = "One object.", Arity = ArgumentArity.ZeroOrOne };
        var ns = CommonOptions.Namespace();
        var all = new Option<bool>("--all-namespaces", "-A") { Description = "Objects of every namespace." };
        var output = CommonOptions.Output();
        var command = new Command("get", "List objects, or show one.") { kinds, name, ns, all, output };
        command.SetAction(async (parsed, ct) =>
        {
            using var home = CommonOptions.Connect(parsed);
            string words = parsed.GetValue(kinds)!;
            bool everywhere = parsed.GetValue(all);
            string text = words.Contains('/') || parsed.GetValue(name) is not null
                ? await OneAsync(new ResourceClient(home.Api), words, parsed.GetValue(name), parsed.GetValue(ns)!, parsed.GetValue(output), ct)
                : await ListAsync(
                    new ResourceClient(home.Api), ObjectReferenceText.Kinds(words), everywhere ? null : parsed.GetValue(ns), parsed.GetValue(output), ct);
            await console.Profile.Out.Writer.WriteAsync(text);
            return 0;
        });
        return command;
    }

    /// <summary>All objects of the kinds, as text that is ready to print.</summary>
    public static async Task<string> ListAsync(
        ResourceClient client, IReadOnlyList<ResourceKind> kinds, string? ns, OutputFormat output, CancellationToken ct)
    {
        List<string> tables = [];
        JsonArray items = [];
        foreach (var kind in kinds)
        {
            var list = await client.ListAsync(kind, ns, table: output == OutputFormat.Table, ct);
            if (output != OutputFormat.Table)
            {
                foreach (var item in list["items"]!.AsArray())
                    items.Add((JsonNode)Named(item!.DeepClone().AsObject(), kind));
            }
            else if (list["rows"] is JsonArray { Count: > 0 })
            {
                tables.Add(TextTable.Render(list, kinds.Count > 1 ? $"{kind.Singular}/" : "", ns is null && kind.Namespaced));
            }
        }
        if (output == OutputFormat.Table)
            return tables.Count > 0 ? string.Join('\n', tables) : $"No {string.Join(", ", kinds.Select(k => k.Plural))} found.\n";
        return Text(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = items }, items, output);
    }

    private static async Task<string> OneAsync(ResourceClient client, string words, string? name, string ns, OutputFormat output, CancellationToken ct)
    {
        var (kind, one) = ObjectReferenceText.One(words, name);
        var answer = await client.GetAsync(kind, ns, one, table: output == OutputFormat.Table, ct);
        return output == OutputFormat.Table ? TextTable.Render(answer, "", withNamespace: false) : Text(answer, [Named(answer.DeepClone().AsObject(), kind)], output);
    }

    private static string Text(JsonObject whole, JsonArray items, OutputFormat output) => output switch
    {
        OutputFormat.Json => whole.ToJsonString(Indented) + "\n",
        OutputFormat.Yaml => Yaml.Write(whole),
        _ => string.Concat(items.Select(i => $"{Kinds.Find(i!["apiVersion"]!.ToString(), i["kind"]!.ToString())!.QualifiedPlural}/{i["metadata"]!["name"]}\n")),
    };

    // Items of a list may leave out what the list says already.
    private static JsonObject Named(JsonObject item, ResourceKind kind)
    {
        item["apiVersion"] ??= kind.ApiVersion;
        item["kind"] ??= kind.Name;
        return item;
    }
}
