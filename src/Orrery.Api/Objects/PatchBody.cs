using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Resources;
using Orrery.Resources.Patches;
using Orrery.Resources.Schema;

namespace Orrery.Api.Objects;

/// <summary>A patch as it was sent, by its media type.</summary>
internal abstract record PatchBody
{
    public const string ApplyType = "application/apply-patch+yaml";
    public const string JsonPatchType = "application/json-patch+json";
    public const string MergePatchType = "application/merge-patch+json";
    public const string StrategicType = "application/strategic-merge-patch+json";

    private static readonly string[] OwnKinds = [JsonPatchType, MergePatchType, ApplyType];
    private static readonly string[] StandardKinds = [JsonPatchType, MergePatchType, ApplyType, StrategicType];

    /// <summary>A configuration to apply.</summary>
    public sealed record Configuration(JsonObject Json) : PatchBody;

    public sealed record Change(Patch Patch) : PatchBody;

    public sealed record Refused(Refusal Why) : PatchBody;

    public static bool IsApply(HttpRequest request) => ObjectBody.TypeOf(request) == ApplyType;

    public static async Task<PatchBody> ReadAsync(HttpRequest request, ObjectTarget target, int maxBytes)
    {
        // As for custom resources: without a schema that all clients know, a strategic merge could mean anything.
        var types = target.Kind.Group == Kinds.Group ? OwnKinds : StandardKinds;
        string type = ObjectBody.TypeOf(request) ?? "";
        if (!types.Contains(type))
            return new Refused(Refusal.UnsupportedMediaType(request.ContentType, types));
        try
        {
            if (type == JsonPatchType)
            {
                var (bytes, tooLarge) = await ObjectBody.BytesAsync(request, maxBytes);
                return tooLarge is null ? Operations(bytes.Span) : new Refused(tooLarge);
            }
            return await ObjectBody.ReadAsync(request, maxBytes, types) switch
            {
                ObjectBody.Read { Json: var json } => Of(type, json, target),
                ObjectBody.Refused refused => new Refused(refused.Why),
                _ => new Refused(Refusal.BadRequest("the body is empty; it must hold a patch")),
            };
        }
        catch (InvalidDocumentException e)
        {
            return new Refused(Refusal.BadRequest(e.Message));
        }
    }

    private static PatchBody Operations(ReadOnlySpan<byte> utf8)
        => JsonPatch.Read(JsonText.ParseArray(utf8)) switch
        {
            ({ } patch, _) => new Change(patch),
            (_, var refused) => new Refused(Refusal.Of(refused!)),
        };

    private static PatchBody Of(string type, JsonObject json, ObjectTarget target)
    {
        bool isApply = type == ApplyType;
        // The URL names the object, so a configuration need not.
        if (isApply && json["metadata"] is null)
            json["metadata"] = new JsonObject();
        if (UrlAgreement.Check(json, target.Kind, target.Namespace, target.Name, isApply ? BodyPart.Configuration : BodyPart.Patch) is { } disagreement)
            return new Refused(disagreement);
        if (isApply)
            return new Configuration(json);
        return new Change(type == StrategicType ? new StrategicMergePatch(json, MergeType.Of(target.Kind)) : new MergePatch(json));
    }
}
