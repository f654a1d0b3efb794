using System.Text.Json.Nodes;
using Orrery.Cli.Discovery;
using Orrery.Resources;
using Orrery.Resources.Validation;

namespace Orrery.Cli.Manifests;

/// <summary>One object as it is sent: with its namespace, without what only the store writes.</summary>
/// <param name="Namespace">Empty for kinds of cluster scope.</param>
internal sealed record Manifest(ApiResource Kind, string Namespace, string Name, JsonObject Json)
{
    // What the store fills in itself. In a manifest it comes from `get -o yaml` and is out of date.
    private static readonly string[] StoreFields =
        ["uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink"];

    public string Title => $"{Kind.One}/{Name}";

    /// <param name="ns">Of <c>--namespace</c>, or the context's.</param>
    /// <param name="isGiven">A person wrote <c>--namespace</c>, so the manifest must not say otherwise.</param>
    /// <param name="check">Its fields are held against what this program knows of the kind, so that of several files all mistakes are told before the first is sent.</param>
    /// <exception cref="UnknownKindException">The server has no such kind.</exception>
    /// <exception cref="InvalidDocumentException">Everything that is wrong with it, in one line.</exception>
    public static Manifest From(JsonObject manifest, ApiCatalog catalog, string ns, bool isGiven, bool check)
    {
        var kind = catalog.Of(Text(manifest["apiVersion"]), Text(manifest["kind"]));
        var json = manifest.DeepClone().AsObject();
        if (kind.HasStatus)
            json.Remove("status");
        if (json["metadata"] is not JsonObject metadata)
            throw new InvalidDocumentException($"{kind.One}: metadata: must be an object with at least a name");
        foreach (string field in StoreFields)
            metadata.Remove(field);
        string name = Text(metadata["name"]);
        if (kind.Namespaced)
        {
            if (metadata["namespace"] is null)
                metadata["namespace"] = ns;
            else if (isGiven && Text(metadata["namespace"]) != ns)
                throw new InvalidDocumentException($"{kind.One}/{name}: metadata.namespace: '{Text(metadata["namespace"])}' is not the '{ns}' of --namespace. Leave one of them out.");
        }
        var problems = check ? Problems(json, name) : name.Length == 0 ? ["metadata.name: must be set"] : [];
        return problems.Count == 0
            ? new Manifest(kind, kind.Namespaced ? Text(metadata["namespace"]) : "", name, json)
            : throw new InvalidDocumentException($"{kind.One}/{name}: {string.Join("; ", problems)}");
    }

    /// <summary>
    /// Nothing, or everything. The server tells of unknown fields before it looks at anything else, so with one of those the whole is checked here.
    /// Without, the server has the say: a manifest may leave out what the object has already.
    /// </summary>
    private static List<string> Problems(JsonObject json, string name)
    {
        List<string> problems = [];
        var known = Kinds.Find(Text(json["apiVersion"]), Text(json["kind"]));
        if (known is not null)
            problems.AddRange(UnknownFields.In(json, known).Select(f => $"{f}: there is no such field"));
        if (name.Length == 0 && known is null)
            problems.Add("metadata.name: must be set");
        if (known is null || (problems.Count == 0 && Names.IsValid(name)))
            return problems;
        try
        {
            var whole = json.DeepClone().AsObject();
            known.Defaults(whole);
            problems.AddRange(known.Problems(Document.From(whole)));
        }
        catch (InvalidDocumentException e)
        {
            problems.Add(e.Message);
        }
        return problems;
    }

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}
