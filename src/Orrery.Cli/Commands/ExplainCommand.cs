using System.CommandLine;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Discovery;
using Orrery.Cli.Explaining;
using Orrery.Cli.Output;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery explain isvc.spec.engine</c>: fields. <c>orrery explain isvc NAME</c> or <c>model NAME</c>: a decision, with every candidate and every reason.</summary>
internal static class ExplainCommand
{
    public static Command Create(IAnsiConsole console)
    {
        var what = new Argument<string[]>("WHAT")
        {
            Description = "A kind and a path of fields, as in isvc.spec.engine; or isvc NAME: why that service runs as it does; or model NAME: how that model would run.",
            Arity = new ArgumentArity(1, 2),
        };
        var recursive = new Option<bool>("--recursive") { Description = "Fields of fields too, names alone." };
        var runtime = new Option<string?>("--runtime") { Description = "Of a decision: as if the service named this runtime.", HelpName = "name" };
        var context = CommonOptions.Whole("--context-tokens", "Of a decision: tokens of a sequence that must have room. Default: the model's own limit, but no more than 8192.");
        var sequences = CommonOptions.Whole("--sequences", "Of a decision: sequences that must have room. Default: 1.");
        var output = CommonOptions.Output();
        var command = new Command("explain", "Explain the fields of a kind, or the decision of a service or model.") { what, recursive, runtime, context, sequences, output };
        command.OnServer();
        command.SetAction(async (parsed, ct) =>
        {
            using var session = ApiSession.Open(parsed);
            string[] words = parsed.GetValue(what)!;
            var question = new DecisionQuestion(parsed.GetValue(runtime), parsed.GetValue(context), parsed.GetValue(sequences));
            var format = parsed.GetValue(output);
            foreach (var (name, number) in new[] { ("context-tokens", question.ContextTokens), ("sequences", question.Sequences) })
            {
                if (number is < 1)
                    throw new CliException($"--{name}: {number} must be 1 or more");
            }
            if (!ExplainedDecision.IsAskedBy(words) && (format is not null || question != new DecisionQuestion()))
                throw new CliException($"--runtime, --context-tokens, --sequences and --output are about a decision: write {words[0]} NAME.");
            string text = ExplainedDecision.IsAskedBy(words)
                ? await new ExplainedDecision(session, await session.CatalogAsync(ct), session.Namespace(parsed)).OfAsync(words, question, format ?? new OutputFormat.Table(Wide: false), ct)
                : await FieldsAsync(session, words[0], parsed.GetValue(recursive), ct);
            await console.Profile.Out.Writer.WriteAsync(text);
            return 0;
        });
        return command;
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
