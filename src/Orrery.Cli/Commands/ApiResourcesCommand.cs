using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Discovery;
using Orrery.Cli.Output;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery api-resources</c></summary>
internal static class ApiResourcesCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var group = new Option<string?>("--api-group") { Description = "Only kinds of this group; '' is Kubernetes' core." };
        var namespaced = new Option<bool?>("--namespaced") { Description = "Only kinds that lie in namespaces; false: only the others." };
        var output = CommonOptions.Output();
        var command = new Command("api-resources", "List the kinds that the server has.") { group, namespaced, output };
        command.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            using var session = ApiSession.Open(parsed);
            var catalog = await session.AskAsync(ct);
            var kinds = catalog.Resources
                .Where(r => parsed.GetValue(group) is not { } wanted || r.Group == wanted)
                .Where(r => parsed.GetValue(namespaced) is not { } scope || r.Namespaced == scope)
                .ToList();
            await console.Profile.Out.Writer.WriteAsync(parsed.GetValue(output) switch
            {
                null or OutputFormat.Table { Wide: false } => TextTable.Render(["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"], [.. kinds.Select(Row)]),
                OutputFormat.Table => TextTable.Render(
                    ["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND", "CATEGORIES", "VERBS"], [.. kinds.Select(k => (IReadOnlyList<string>)[.. Row(k), Words(k.Categories), Words(k.Verbs)])]),
                OutputFormat.Name => string.Concat(kinds.Select(k => k.QualifiedPlural + "\n")),
                _ => throw new CliException("--output: api-resources has table, wide and name."),
            });
            return catalog.Problems.Count == 0 ? 0 : throw new CliException($"Not all groups could be read: {string.Join("; ", catalog.Problems)}");
        });
        return command;
    }

    private static IReadOnlyList<string> Row(ApiResource kind) => [kind.Plural, Words(kind.ShortNames), kind.ApiVersion, kind.Namespaced ? "true" : "false", kind.Kind];

    private static string Words(IReadOnlyList<string> words) => words.Count == 0 ? "-" : string.Join(',', words);
}
