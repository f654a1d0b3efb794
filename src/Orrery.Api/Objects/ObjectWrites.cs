using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Protobuf;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Api.Objects;

/// <summary>
/// Create, update, patch and delete, of objects and of their status.
/// <code>
///   body ── 1 read, bounded ── 2 agrees with the URL ── 3 unknown fields ── 4 store decides ── 5 document or Status
/// </code>
/// </summary>
internal sealed class ObjectWrites(IResourceStore store, int maxBodyBytes)
{
    private static readonly string[] ObjectTypes = [Json.MediaType, ObjectBody.YamlType];
    private static readonly string[] CoreObjectTypes = [.. ObjectTypes, ProtobufObject.MediaType];
    private static readonly string[] PatchTypes = [ObjectBody.MergePatchType];
    private static readonly string[] StandardPatchTypes = [ObjectBody.MergePatchType, StrategicPatch.MediaType];

    public Task CreateAsync(HttpContext http, ResourceKind kind)
        => WithBodyAsync(http, kind, TypesOf(kind), (document, ct) => store.CreateAsync(document, ct), StatusCodes.Status201Created);

    public Task UpdateAsync(HttpContext http, ResourceKind kind, bool status)
        => WithBodyAsync(
            http, kind, TypesOf(kind),
            (document, ct) => status ? store.UpdateStatusAsync(document, ct) : store.UpdateAsync(document, ct), StatusCodes.Status200OK);

    public async Task PatchAsync(HttpContext http, ResourceKind kind, bool status)
    {
        var target = ObjectTarget.Of(http, kind);
        var (patch, refusal) = await ReadAsync(http, target, StrategicPatch.IsKnownFor(kind) ? StandardPatchTypes : PatchTypes, partial: true);
        if (http.Request.ContentType is { } type && type.StartsWith(StrategicPatch.MediaType, StringComparison.OrdinalIgnoreCase) && !StrategicPatch.IsPlain(patch))
            refusal ??= Refusal.UnsupportedMediaType($"{type}, with lists or directives", PatchTypes);
        if (refusal is null)
            await AnswerAsync(http, await store.MergePatchAsync(target.Key, patch!, status, http.RequestAborted), StatusCodes.Status200OK);
        else
            await refusal.WriteAsync(http);
    }

    public async Task DeleteAsync(HttpContext http, ResourceKind kind)
    {
        var target = ObjectTarget.Of(http, kind);
        var body = DryRun(http) is { } unsupported
            ? new ObjectBody.Refused(unsupported)
            : await ObjectBody.ReadAsync(http.Request, maxBodyBytes, CoreObjectTypes);
        var (preconditions, refusal) = body switch
        {
            ObjectBody.Read read => DeleteOptions.Parse(read.Json),
            ObjectBody.Refused refused => (null, refused.Why),
            _ => (Preconditions.None, null),
        };
        if (refusal is not null)
        {
            await refusal.WriteAsync(http);
            return;
        }

        var outcome = await store.DeleteAsync(target.Key, preconditions!, http.RequestAborted);
        // What finalizers still hold is shown as it is now; what is gone is only confirmed.
        if (outcome is WriteOutcome.Done { Document: var last } && last.Metadata is not { DeletionTimestamp: not null, Finalizers.Count: > 0 })
            await Json.WriteAsync(http, StatusCodes.Status200OK, Deleted(last));
        else
            await AnswerAsync(http, outcome, StatusCodes.Status200OK);
    }

    private async Task WithBodyAsync(
        HttpContext http, ResourceKind kind, IReadOnlyList<string> types, Func<Document, CancellationToken, Task<WriteOutcome>> write, int done)
    {
        var (json, refusal) = await ReadAsync(http, ObjectTarget.Of(http, kind), types, partial: false);
        Document? document = null;
        if (json is not null)
        {
            try
            {
                document = Document.From(json);
            }
            catch (InvalidDocumentException e)
            {
                refusal = Refusal.BadRequest(e.Message);
            }
        }
        if (document is not null)
            await AnswerAsync(http, await write(document, http.RequestAborted), done);
        else
            await refusal!.WriteAsync(http);
    }

    private async Task<(JsonObject? Json, Refusal? Refusal)> ReadAsync(
        HttpContext http, ObjectTarget target, IReadOnlyList<string> types, bool partial)
    {
        if (DryRun(http) is { } unsupported)
            return (null, unsupported);

        // :: Step 1
        var body = await ObjectBody.ReadAsync(http.Request, maxBodyBytes, types);
        if (body is ObjectBody.Refused refused)
            return (null, refused.Why);
        if (body is not ObjectBody.Read { Json: var json })
            return (null, Refusal.BadRequest("the body is empty; it must hold one object"));

        // :: Steps 2 and 3
        var refusal = UrlAgreement.Check(json, target.Kind, target.Namespace, target.Name, partial) ?? FieldValidation.Check(http, json, target.Kind);
        return refusal is null ? (json, null) : (null, refusal);
    }

    private static string[] TypesOf(ResourceKind kind) => KnownMessages.Has(kind) ? CoreObjectTypes : ObjectTypes;

    private static Task AnswerAsync(HttpContext http, WriteOutcome outcome, int done)
        => outcome is WriteOutcome.Done { Document: var document }
            ? Json.WriteAsync(http, done, document.Utf8)
            : Refusal.Of(outcome).WriteAsync(http);

    // Ignoring it would do what was only to be tried.
    private static Refusal? DryRun(HttpContext http)
        => http.Request.Query["dryRun"] is [{ Length: > 0 }, ..] ? Refusal.BadRequest("dryRun: is not supported by this server; nothing was done") : null;

    private static byte[] Deleted(Document last) => Json.Bytes(new JsonObject
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["details"] = new JsonObject
        {
            ["name"] = last.Metadata.Name,
            ["group"] = last.Kind.Group,
            ["kind"] = last.Kind.Plural,
            ["uid"] = last.Metadata.Uid,
        },
    });
}
