using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Listing;
using Orrery.Api.Protobuf;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Api.Objects;

/// <summary>Delete, of one object and of all that a list would give.</summary>
internal sealed class ObjectDeletes(IResourceStore store, int maxBodyBytes)
{
    /// <summary>Deletes that wait for one sync together.</summary>
    private const int AtOnce = 64;

    private static readonly string[] Types = [Json.MediaType, ObjectBody.YamlType, ProtobufObject.MediaType];

    public async Task DeleteAsync(HttpContext http, ResourceKind kind)
    {
        var (options, write, refusal) = await OptionsAsync(http);
        if (options is null)
        {
            await refusal!.WriteAsync(http);
            return;
        }
        var outcome = await store.DeleteAsync(ObjectTarget.Of(http, kind).Key, options.Preconditions, options.Policy, write, http.RequestAborted);
        // What finalizers still hold is shown as it is now; what is gone is only confirmed.
        if (outcome is WriteOutcome.Done { Document: var last })
            await Json.WriteAsync(http, StatusCodes.Status200OK, last.Metadata is { DeletionTimestamp: not null, Finalizers.Count: > 0 } ? last.Utf8 : Deleted(last));
        else
            await Refusal.Of(outcome).WriteAsync(http);
    }

    /// <summary>Answers with what was deleted, as it was before. One that may not be does not keep the others, and is named at the end.</summary>
    public async Task DeleteCollectionAsync(HttpContext http, ResourceKind kind)
    {
        var (query, refusal) = ListQuery.Of(http.Request, kind);
        DeleteOptions? options = null;
        var write = WriteOptions.Default;
        if (query is not null)
            (options, write, refusal) = await OptionsAsync(http);
        if (options is null)
        {
            await refusal!.WriteAsync(http);
            return;
        }

        var list = await store.ListAsync(kind, ObjectTarget.Of(http, kind).Namespace, http.RequestAborted);
        var page = Page.Of(list, query!.Continue, query.Limit, query.Selection);
        var deleted = new List<Document>(page.Items.Count);
        foreach (var some in page.Items.Chunk(AtOnce))
        {
            var outcomes = await Task.WhenAll(some.Select(d => DeleteListedAsync(d, options, write, http.RequestAborted)));
            foreach (var (listed, outcome) in some.Zip(outcomes))
            {
                // One that is gone, or was made anew, has been dealt with by somebody else.
                if (outcome is WriteOutcome.Done)
                    deleted.Add(listed);
                else if (outcome is not (WriteOutcome.NotFound or WriteOutcome.Conflict) || options.Preconditions != Preconditions.None)
                    refusal ??= Refusal.Of(outcome);
            }
        }
        if (refusal is null)
            await ListBody.WriteAsync(http, kind, page with { Items = deleted });
        else
            await refusal.WriteAsync(http);
    }

    private Task<WriteOutcome> DeleteListedAsync(Document document, DeleteOptions options, WriteOptions write, CancellationToken ct)
        => store.DeleteAsync(document.Key, options.Preconditions with { Uid = options.Preconditions.Uid ?? document.Metadata.Uid }, options.Policy, write, ct);

    private async Task<(DeleteOptions? Options, WriteOptions Write, Refusal? Refusal)> OptionsAsync(HttpContext http)
    {
        var (query, refusal) = WriteQuery.Of(http.Request, nameof(DeleteOptions));
        if (query is null)
            return (null, WriteOptions.Default, refusal);
        (var options, refusal) = DeleteOptions.Of(http.Request, await ObjectBody.ReadAsync(http.Request, maxBodyBytes, Types));
        return (options, query.Options with { DryRun = query.Options.DryRun || options?.DryRun == true }, refusal);
    }

    private static byte[] Deleted(Document last)
    {
        var details = new JsonObject { ["name"] = last.Metadata.Name, ["kind"] = last.Kind.Plural, ["uid"] = last.Metadata.Uid };
        if (last.Kind.Group.Length > 0)
            details["group"] = last.Kind.Group;
        return Json.Bytes(new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details });
    }
}
