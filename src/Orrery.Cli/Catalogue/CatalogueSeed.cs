using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Cli.Catalogue;

/// <summary>
/// Puts the catalogue into a home. What a user changed stays as it is, and what a user deleted stays away.
/// <code>
///   not there, never put there     create, with a hash of the spec in an annotation
///   not there, put there before    leave: somebody deleted it
///   there, spec still has the hash update to what this program brings
///   there, spec has another hash   leave: somebody changed it
/// </code>
/// </summary>
internal static class CatalogueSeed
{
    /// <summary>On a runtime: hash of the spec that the program wrote.</summary>
    public const string HashAnnotation = "orrery.dev/catalogue-hash";

    // On the default namespace: names of the runtimes that were put there once.
    private const string PutAnnotation = "orrery.dev/catalogue";

    public static async Task PlantAsync(ResourceStore store, IReadOnlyList<Document> catalogue, CancellationToken ct)
    {
        var ns = (await store.GetAsync<Namespace>("", Namespace.Default, ct))!;
        HashSet<string> before = [.. (ns.Metadata.Annotations?.GetValueOrDefault(PutAnnotation) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        foreach (var wanted in catalogue)
            await PutAsync(store, wanted, before.Contains(wanted.Metadata.Name!), ct);

        var names = before.Concat(catalogue.Select(c => c.Metadata.Name!)).Distinct().Order(StringComparer.Ordinal).ToList();
        if (!before.SetEquals(names))
        {
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [PutAnnotation] = string.Join(' ', names) } } };
            (await store.MergePatchAsync(Namespace.Kind.Key(Namespace.Default), patch, status: false, ct)).Stored();
        }
    }

    private static async Task PutAsync(ResourceStore store, Document wanted, bool wasPut, CancellationToken ct)
    {
        var marked = wanted.Edit(json =>
        {
            // As the store keeps it, so that a spec that nobody touched has the same hash.
            wanted.Kind.Defaults(json);
            var annotations = json["metadata"]!["annotations"] as JsonObject ?? [];
            annotations[HashAnnotation] = Hash(json["spec"]);
            json["metadata"]!["annotations"] = annotations;
        });
        if (await store.GetAsync(wanted.Key, ct) is not { } current)
        {
            if (!wasPut)
                (await store.CreateAsync(marked, ct)).Stored();
            return;
        }
        var spec = current.ToJson()["spec"];
        string? hash = current.Metadata.Annotations?.GetValueOrDefault(HashAnnotation);
        // Homes from before the catalogue have our engine without a hash, and it always followed the program.
        bool isOurs = hash is null ? wanted.Metadata.Name == "orrery" && !wasPut : hash == Hash(spec);
        if (isOurs && hash != marked.Metadata.Annotations![HashAnnotation])
        {
            (await store.UpdateAsync(
                current.Edit(json =>
                {
                    json["spec"] = marked.ToJson()["spec"]!.DeepClone();
                    var annotations = json["metadata"]!["annotations"] as JsonObject ?? [];
                    annotations[HashAnnotation] = marked.Metadata.Annotations[HashAnnotation];
                    json["metadata"]!["annotations"] = annotations;
                }),
                ct)).Stored();
        }
    }

    /// <summary>Of what the spec says, whatever the order of its fields.</summary>
    internal static string Hash(JsonNode? spec) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sorted(spec)?.ToJsonString() ?? "")).AsSpan(0, 8));

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject json => new JsonObject(json.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => KeyValuePair.Create(f.Key, Sorted(f.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
