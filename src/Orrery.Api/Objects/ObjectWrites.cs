using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Protobuf;
using Orrery.Resources;
using Orrery.Resources.Patches;
using Orrery.Resources.Store;
using Orrery.Resources.Validation;

namespace Orrery.Api.Objects;

/// <summary>
/// Create, update and patch, of objects and of their status.
/// <code>
///   query, body ── 1 read, bounded ── 2 agrees with the URL ── 3 unknown fields ── 4 store decides ── 5 document or Status
/// </code>
/// </summary>
internal sealed class ObjectWrites(IResourceStore store, int maxBodyBytes)
{
    private static readonly string[] ObjectTypes = [Json.MediaType, ObjectBody.YamlType];
    private static readonly string[] CoreObjectTypes = [.. ObjectTypes, ProtobufObject.MediaType];

    public Task CreateAsync(HttpContext http, ResourceKind kind)
        => WithBodyAsync(http, kind, "CreateOptions", store.CreateAsync);

    public Task UpdateAsync(HttpContext http, ResourceKind kind, bool status)
        => WithBodyAsync(http, kind, "UpdateOptions", status ? store.UpdateStatusAsync : store.UpdateAsync);

    public async Task PatchAsync(HttpContext http, ResourceKind kind, bool status)
    {
        var target = ObjectTarget.Of(http, kind);
        var (query, refusal) = WriteQuery.Of(http.Request, "PatchOptions", PatchBody.IsApply(http.Request));
        var body = refusal is null ? await PatchBody.ReadAsync(http.Request, target, maxBodyBytes) : new PatchBody.Refused(refusal);
        switch (body)
        {
            case PatchBody.Configuration configuration:
                var options = new ApplyOptions { FieldManager = query!.Options.FieldManager, Force = query.Force, DryRun = query.Options.DryRun, Status = status };
                await WriteAsync(http, configuration.Json, kind, document => store.ApplyAsync(document, options, http.RequestAborted));
                break;
            case PatchBody.Change change:
                await ChangeAsync(http, target, change.Patch, status, query!.Options);
                break;
            case PatchBody.Refused refused:
                await refused.Why.WriteAsync(http);
                break;
        }
    }

    private async Task WithBodyAsync(HttpContext http, ResourceKind kind, string options, Func<Document, WriteOptions, CancellationToken, Task<WriteOutcome>> write)
    {
        // :: Step 1
        var target = ObjectTarget.Of(http, kind);
        var (query, refusal) = WriteQuery.Of(http.Request, options);
        var body = refusal is null ? await ObjectBody.ReadAsync(http.Request, maxBodyBytes, KnownMessages.Has(kind) ? CoreObjectTypes : ObjectTypes) : new ObjectBody.Refused(refusal);
        // :: Step 2
        refusal = body switch
        {
            ObjectBody.Read read => UrlAgreement.Check(read.Json, kind, target.Namespace, target.Name, BodyPart.Object),
            ObjectBody.Refused refused => refused.Why,
            _ => Refusal.BadRequest("the body is empty; it must hold one object"),
        };
        if (refusal is null)
            await WriteAsync(http, ((ObjectBody.Read)body).Json, kind, document => write(document, query!.Options, http.RequestAborted));
        else
            await refusal.WriteAsync(http);
    }

    /// <summary>Steps 3 to 5 of what comes as a document.</summary>
    private static async Task WriteAsync(HttpContext http, JsonObject json, ResourceKind kind, Func<Document, Task<WriteOutcome>> write)
    {
        var (mode, refusal) = FieldValidation.Of(http.Request);
        refusal ??= FieldValidation.Check(http, mode, UnknownFields.In(json, kind), kind);
        Document? document = null;
        try
        {
            if (refusal is null)
                document = Document.From(json);
        }
        catch (InvalidDocumentException e)
        {
            refusal = Refusal.BadRequest(e.Message);
        }
        if (document is not null)
            await AnswerAsync(http, await write(document));
        else
            await refusal!.WriteAsync(http);
    }

    /// <summary>Steps 3 to 5 of a patch, which is done again when somebody writes in between.</summary>
    private async Task ChangeAsync(HttpContext http, ObjectTarget target, Patch patch, bool status, WriteOptions options)
    {
        var (mode, refusal) = FieldValidation.Of(http.Request);
        if (refusal is not null)
        {
            await refusal.WriteAsync(http);
            return;
        }
        var attempt = new CheckedPatch(patch, target.Kind, mode == FieldValidation.Strict);
        var outcome = await store.PatchAsync(target.Key, attempt, status, options, http.RequestAborted);
        if (mode == FieldValidation.Warn)
            FieldValidation.Check(http, mode, attempt.Unknown, target.Kind);
        await AnswerAsync(http, outcome);
    }

    private static Task AnswerAsync(HttpContext http, WriteOutcome outcome)
        => outcome is WriteOutcome.Done done
            ? Json.WriteAsync(http, done.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK, done.Document.Utf8)
            : Refusal.Of(outcome).WriteAsync(http);
}
