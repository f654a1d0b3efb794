using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Resources.Text;
using Orrery.Resources;

namespace Orrery.Api.Objects;

/// <summary>What of an object a body holds.</summary>
internal enum BodyPart
{
    /// <summary>All of it. A kind of Kubernetes' own may leave out what the URL says of the kind.</summary>
    Object,

    /// <summary>What a manager applies; it may leave out the name.</summary>
    Configuration,

    /// <summary>A patch: may leave out all, and gets nothing filled in.</summary>
    Patch,
}

/// <summary>The URL says which object is meant; a body that says otherwise is refused rather than believed.</summary>
internal static class UrlAgreement
{
    /// <param name="ns">Of the URL; filled into a body that leaves it out. Null for kinds of cluster scope.</param>
    /// <param name="name">Of the URL. Null: the body names the object.</param>
    /// <param name="sent">What of an object the body is.</param>
    public static Refusal? Check(JsonObject json, ResourceKind kind, string? ns, string? name, BodyPart sent)
    {
        bool partial = sent == BodyPart.Patch;
        if (sent == BodyPart.Object && kind.Group != Kinds.Group)
            FillIn(json, kind);
        if (Disagrees(json, "apiVersion", kind.ApiVersion, partial) is { } apiVersion)
            return apiVersion;
        if (Disagrees(json, "kind", kind.Name, partial) is { } kindName)
            return kindName;
        if (json["metadata"] is not JsonObject metadata)
            return partial && !json.ContainsKey("metadata") ? null : Refusal.BadRequest("metadata: must be an object with at least a name");

        if (!partial && kind.Namespaced && IsEmpty(metadata["namespace"]))
            metadata["namespace"] = ns;
        if (sent == BodyPart.Configuration && name is not null && IsEmpty(metadata["name"]))
            metadata["name"] = name;
        if (ns is not null && Disagrees(metadata, "namespace", ns, partial, "metadata.") is { } inNamespace)
            return inNamespace;
        return name is null ? null : Disagrees(metadata, "name", name, partial, "metadata.");
    }

    /// <summary>As in Kubernetes: what a body leaves out is what the URL says, for its own kinds; a custom resource must say itself what it is.</summary>
    private static void FillIn(JsonObject json, ResourceKind kind)
    {
        foreach (var (field, value) in new[] { ("apiVersion", kind.ApiVersion), ("kind", kind.Name) })
        {
            if (IsEmpty(json[field]))
                json[field] = value;
        }
    }

    private static Refusal? Disagrees(JsonObject json, string field, string expected, bool mayBeAbsent, string under = "")
    {
        if (!json.TryGetPropertyValue(field, out var value) || value is null)
            return mayBeAbsent && !json.ContainsKey(field) ? null : Refusal.BadRequest($"{under}{field}: must be '{expected}', as in the URL");
        return value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == expected
            ? null
            : Refusal.BadRequest($"{under}{field}: the body says {Excerpt.Of(value)}, the URL '{expected}'");
    }

    private static bool IsEmpty(JsonNode? node) => node is null || (node.GetValueKind() == JsonValueKind.String && node.GetValue<string>().Length == 0);
}
