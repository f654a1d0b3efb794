using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Validation;

namespace Orrery.Cli.Manifests;

/// <summary>One object as it is sent: with its namespace, without what only the store writes.</summary>
/// <param name="Namespace">Empty for kinds of cluster scope.</param>
internal sealed record Manifest(ResourceKind Kind, string Namespace, string Name, JsonObject Json)
{
    // What the store fills in itself. In a manifest it comes from `get -o yaml` and is out of date.
    private static readonly string[] StoreFields =
        ["uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields", "selfLink"];

    public string Title => $"{Kind.Singular}/{Name}";

    /// <param name="ns">Of <c>--namespace</c>, or the default one.</param>
    /// <param name="isGiven">A person wrote <c>--namespace</c>, so the manifest must not say otherwise.</param>
    /// <exception cref="InvalidDocumentException">Everything that is wrong with it, in one line.</exception>
    public static Manifest From(JsonObject manifest, string ns, bool isGiven)
    {
        var kind = KindOf(manifest);
        var json = manifest.DeepClone().AsObject();
        if (kind.HasStatus)
            json.Remove("status");
        if (json["metadata"] is not JsonObject metadata)
            throw new InvalidDocumentException($"{kind.Singular}: metadata: must be an object with at least a name");
        foreach (string field in StoreFields)
            metadata.Remove(field);
        string name = Text(metadata["name"]);
        if (kind.Namespaced)
        {
            if (metadata["namespace"] is null)
                metadata["namespace"] = ns;
            else if (isGiven && Text(metadata["namespace"]) != ns)
                throw new InvalidDocumentException($"{kind.Singular}/{name}: metadata.namespace: '{Text(metadata["namespace"])}' is not the '{ns}' of --namespace. Leave one of them out.");
        }
        var problems = Problems(json, kind, name);
        return problems.Count == 0
            ? new Manifest(kind, kind.Namespaced ? Text(metadata["namespace"]) : "", name, json)
            : throw new InvalidDocumentException($"{kind.Singular}/{name}: {string.Join("; ", problems)}");
    }

    /// <summary>
    /// Nothing, or everything. The server tells of unknown fields before it looks at anything else, so with one of those the whole is checked here.
    /// Without, the server has the say: a manifest may leave out what the object has already.
    /// </summary>
    private static List<string> Problems(JsonObject json, ResourceKind kind, string name)
    {
        List<string> problems = [.. UnknownFields.In(json, kind).Select(f => $"{f}: there is no such field")];
        if (problems.Count == 0 && Names.IsValid(name))
            return problems;
        try
        {
            var whole = json.DeepClone().AsObject();
            kind.Defaults(whole);
            problems.AddRange(kind.Problems(Document.From(whole)));
        }
        catch (InvalidDocumentException e)
        {
            problems.Add(e.Message);
        }
        return problems;
    }

    private static ResourceKind KindOf(JsonObject json)
    {
        string apiVersion = Text(json["apiVersion"]), kind = Text(json["kind"]);
        if (Kinds.Find(apiVersion, kind) is { } found)
            return found;
        if (Kinds.All.FirstOrDefault(k => k.Name == kind) is { } known)
        {
            throw new InvalidDocumentException(apiVersion.Length == 0
                ? $"{known.Singular}: apiVersion: must be set to {known.ApiVersion}"
                : $"{known.Singular}: apiVersion: '{apiVersion}' must be {known.ApiVersion}");
        }
        throw new InvalidDocumentException(
            $"kind: {(kind.Length == 0 ? "must be set" : $"there is no kind '{kind}'")}; known: {string.Join(", ", Kinds.All.Select(k => $"{k.ApiVersion} {k.Name}"))}");
    }

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}
