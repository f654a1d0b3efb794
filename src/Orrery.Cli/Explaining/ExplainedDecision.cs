using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Cli.Connections;
using Orrery.Cli.Describing;
using Orrery.Cli.Discovery;
using Orrery.Cli.Objects;
using Orrery.Cli.Output;
using Orrery.Resources.Models;
using Orrery.Resources.Text;

namespace Orrery.Cli.Explaining;

/// <summary>What a person may change about the question.</summary>
internal sealed record DecisionQuestion(string? Runtime = null, int? ContextTokens = null, int? Sequences = null);

/// <summary>The decision about a service or a model, as <c>orrery explain</c> prints it.</summary>
internal sealed class ExplainedDecision(ApiSession session, ApiCatalog catalog, string ns)
{
    private static readonly string[] AnyModel = ["model", "models"];

    /// <summary>Words that name an object, not fields of a kind.</summary>
    public static bool IsAskedBy(IReadOnlyList<string> words) => words.Count > 1 || words[0].Contains('/');

    /// <exception cref="CliException">The words name something else, or nothing.</exception>
    public async Task<string> OfAsync(IReadOnlyList<string> words, DecisionQuestion question, OutputFormat format, CancellationToken ct)
    {
        var (title, input) = await InputAsync(words, ct);
        var explanation = Explanation.Of(input with { Runtime = question.Runtime, ContextTokens = question.ContextTokens, Sequences = question.Sequences });
        return format switch
        {
            OutputFormat.Table => $"{title}:\n{ExplanationText.Of(explanation)}",
            OutputFormat.Json => JsonText.Lines(ExplanationJson.Of(explanation)),
            OutputFormat.Yaml => Yaml.Write(ExplanationJson.Of(explanation)),
            _ => throw new CliException("--output: a decision is printed as table, json or yaml."),
        };
    }

    private async Task<(string Title, ExplanationInput Input)> InputAsync(IReadOnlyList<string> words, CancellationToken ct)
    {
        var reader = new ExplanationReader(session.Client, catalog, ns);
        string[] parts = words.Count == 1 ? words[0].Split('/', 2) : [.. words];
        // A name alone may be of either kind of model.
        if (parts is [var kind, { Length: > 0 } name] && AnyModel.Contains(kind.ToLowerInvariant()))
            return ($"model/{name}", await reader.OfModelAsync(name, null, ct) ?? throw new CliException($"There is no BaseModel or ClusterBaseModel '{name}'. See: orrery get models"));

        var one = ObjectWords.Object(words, catalog);
        if (one.Kind.Kind == BaseModel.Kind.Name || one.Kind.Kind == ClusterBaseModel.Kind.Name)
            return (one.Title, await reader.OfModelAsync(one.Name, one.Kind.Kind, ct) ?? throw new CliException($"There is no {one.Kind.Kind} '{one.Name}'. See: orrery get models"));
        if (!ServiceDecision.IsFor(one.Kind))
            throw new CliException($"Decisions are taken for services and models: write isvc/NAME or model/NAME. What there is of {one.Title} shows: orrery describe {one.Title}");
        JsonObject json = await session.Client.GetAsync(one.Kind, ns, one.Name, table: false, ct);
        return (one.Title, await reader.OfServiceAsync(json, ct) ?? throw new CliException($"{one.Title} has no model: {ServiceDecision.Missing(json)}"));
    }
}
