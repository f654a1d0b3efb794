using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Resources.Text;
using Orrery.Resources;
using Orrery.Resources.Patches;
using Orrery.Resources.Store;

namespace Orrery.Api.Objects;

/// <summary>The <c>scale</c> subresource: reads and writes one number of an object, wherever its kind has it.</summary>
internal sealed class ObjectScale(IResourceStore store, int maxBodyBytes)
{
    private static readonly string[] ObjectTypes = [Json.MediaType, ObjectBody.YamlType];
    private static readonly string[] PatchTypes = [PatchBody.MergePatchType];

    public async Task GetAsync(HttpContext http, ResourceKind kind)
    {
        var key = ObjectTarget.Of(http, kind).Key;
        if (await store.GetAsync(key, http.RequestAborted) is { } document)
            await Json.WriteAsync(http, StatusCodes.Status200OK, Json.Bytes(ScaleView.Of(document)));
        else
            await Refusal.NotFound(key).WriteAsync(http);
    }

    public Task UpdateAsync(HttpContext http, ResourceKind kind) => WriteAsync(http, kind, ObjectTypes, "UpdateOptions", (_, sent) => sent);

    /// <summary>A merge patch of the scale, not of the object.</summary>
    public Task PatchAsync(HttpContext http, ResourceKind kind) => WriteAsync(http, kind, PatchTypes, "PatchOptions", (document, sent) =>
    {
        var scale = ScaleView.Of(document);
        // The version that was read here is nobody's precondition; one in the patch is.
        scale["metadata"]!.AsObject().Remove("resourceVersion");
        return MergePatch.Apply(scale, sent);
    });

    private async Task WriteAsync(HttpContext http, ResourceKind kind, string[] types, string options, Func<Document, JsonObject, JsonObject> scaleOf)
    {
        var key = ObjectTarget.Of(http, kind).Key;
        var (query, refusal) = WriteQuery.Of(http.Request, options);
        var body = refusal is null ? await ObjectBody.ReadAsync(http.Request, maxBodyBytes, types) : new ObjectBody.Refused(refusal);
        refusal = body switch
        {
            ObjectBody.Refused refused => refused.Why,
            ObjectBody.Empty => Refusal.BadRequest("the body is empty; it must hold one Scale"),
            _ => null,
        };
        if (refusal is null && await store.GetAsync(key, http.RequestAborted) is { } current)
        {
            var scale = scaleOf(current, ((ObjectBody.Read)body).Json);
            refusal = Disagreement(scale, key) ?? await StoreAsync(http, key, scale, query!.Options with { Subresource = "scale" });
        }
        else
            refusal ??= Refusal.NotFound(key);
        if (refusal is not null)
            await refusal.WriteAsync(http);
    }

    private async Task<Refusal?> StoreAsync(HttpContext http, ResourceKey key, JsonObject scale, WriteOptions options)
    {
        var (patch, problems) = ScaleView.PatchOf(scale, key.Kind.Scale!);
        if (patch is null)
        {
            return new Refusal(StatusCodes.Status422UnprocessableEntity, "Invalid", $"{ScaleView.Kind}.{ScaleView.Group} \"{key.Name}\" is invalid: {problems[0]}")
            {
                About = (key.Name, ScaleView.Group, ScaleView.Kind),
                Causes = [.. problems.Select(StatusCause.Of)],
            };
        }
        var outcome = await store.PatchAsync(key, new MergePatch(patch), status: false, options, http.RequestAborted);
        if (outcome is not WriteOutcome.Done { Document: var stored })
            return Refusal.Of(outcome);
        await Json.WriteAsync(http, StatusCodes.Status200OK, Json.Bytes(ScaleView.Of(stored)));
        return null;
    }

    private static Refusal? Disagreement(JsonObject scale, ResourceKey key)
        => Differs(scale, "apiVersion", ScaleView.ApiVersion) ?? Differs(scale, "kind", ScaleView.Kind)
           ?? (scale["metadata"] is JsonObject metadata
               ? Differs(metadata, "name", key.Name, "metadata.") ?? Differs(metadata, "namespace", key.Namespace, "metadata.")
               : Refusal.BadRequest("metadata: must be an object with the name that the URL has"));

    private static Refusal? Differs(JsonObject json, string field, string expected, string under = "")
        => json[field] is { } value && !(value is JsonValue text && text.TryGetValue(out string? said) && said == expected)
            ? Refusal.BadRequest($"{under}{field}: the body says {Excerpt.Of(value.ToJsonString())}, the URL '{expected}'")
            : null;
}
