using System.CommandLine;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Describing;
using Orrery.Cli.Discovery;
using Orrery.Cli.Explaining;
using Orrery.Cli.Objects;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery explain isvc.spec.engine</c>: fields. <c>orrery explain isvc/NAME</c>: the decision of a service.</summary>
internal static class ExplainCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var what = new Argument<string>("WHAT") { Description = "A kind and a path of fields, as in isvc.spec.engine; or isvc/NAME: why that service runs as it does." };
        var recursive = new Option<bool>("--recursive") { Description = "Fields of fields too, names alone." };
        var command = new Command("explain", "Explain the fields of a kind, or the decision of a service.") { what, recursive };
        command.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            using var session = ApiSession.Open(parsed);
            string word = parsed.GetValue(what)!;
            string text = word.Contains('/') ? await DecisionAsync(session, word, session.Namespace(parsed), ct) : await FieldsAsync(session, word, parsed.GetValue(recursive), ct);
            await console.Profile.Out.Writer.WriteAsync(text);
            return 0;
        });
        return command;
    }

    private static async Task<string> DecisionAsync(ApiSession session, string word, string ns, CancellationToken ct)
    {
        var one = await session.ResolveAsync(c => ObjectWords.Object([word], c), ct);
        if (!ServiceDecision.IsFor(one.Kind))
            throw new CliException($"Decisions are taken for services: write isvc/NAME. What there is of {one.Title} shows: orrery describe {one.Title}");
        var json = await session.Client.GetAsync(one.Kind, ns, one.Name, table: false, ct);
        return $"{one.Title}:\n{await ServiceDecision.OfAsync(session.Client, await session.CatalogAsync(ct), json, ct)}";
    }

    private static async Task<string> FieldsAsync(ApiSession session, string word, bool recursive, CancellationToken ct)
    {
        var (kind, path) = await session.ResolveAsync(c => Split(word, c), ct);
        var schemas = new SchemaText(await DocumentAsync(session, kind, ct));
        var schema = schemas.Find(kind.Group, kind.Version, kind.Kind) ?? throw new CliException($"The server does not describe the fields of {kind.QualifiedPlural}.");
        string title = $"KIND: {kind.Kind}\nVERSION: {kind.ApiVersion}\n" + (path.Count > 0 ? $"FIELD: {string.Join('.', path)}\n" : "");
        return title + schemas.Describe(schemas.Field(schema, kind.One, path), recursive);
    }

    /// <summary>Kinds may have dots of their own, as in <c>events.events.k8s.io.reason</c>: the longest word that names a kind is the kind.</summary>
    private static (ApiResource Kind, IReadOnlyList<string> Path) Split(string word, ApiCatalog catalog)
    {
        string[] parts = word.Trim('.').Split('.');
        for (int count = parts.Length; count > 1; count--)
        {
            try
            {
                if (catalog.Named(string.Join('.', parts.Take(count))) is [var kind])
                    return (kind, parts[count..]);
            }
            catch (UnknownKindException)
            {
                // A shorter one may be.
            }
        }
        return catalog.Named(parts[0]) is [var first] ? (first, parts[1..]) : throw new CliException($"'{parts[0]}' stands for several kinds; explain takes one.");
    }

    private static async Task<JsonObject> DocumentAsync(ApiSession session, ApiResource kind, CancellationToken ct)
    {
        string root = kind.Group.Length == 0 ? $"api/{kind.Version}" : $"apis/{kind.ApiVersion}";
        JsonObject index;
        try
        {
            index = await session.Client.DocumentAsync("openapi/v3", "application/json", ct);
        }
        catch (RefusedException e) when (e.Status == 404)
        {
            throw new CliException("The server has no /openapi/v3, which Kubernetes has since 1.24; kubectl explain of the server's own version may help.");
        }
        string path = index["paths"]?[root]?["serverRelativeURL"]?.ToString() ?? throw new CliException($"The server does not describe the kinds of {kind.ApiVersion}.");
        return await session.Client.DocumentAsync(path.TrimStart('/'), "application/json", ct);
    }
}
