using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Listing;
using Orrery.Api.Tables;
using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Api.Objects;

/// <summary>Get and list. Objects leave as the bytes that are stored; only tables are rendered.</summary>
internal sealed class ObjectReads(IResourceStore store, TimeProvider time)
{
    private readonly BegunLists _begun = new(time);

    public async Task GetAsync(HttpContext http, ResourceKind kind)
    {
        var (asked, refusal) = VersionAsked.Of(http.Request, limited: false);
        if (asked is VersionAsked.NotOlderThan { Version: var version })
            refusal = TooNew(version, (await store.ListAsync(Namespace.Kind, null, http.RequestAborted)).ResourceVersion);
        if (Renderings.Of(http.Request) is not { } rendering)
            await Refusal.NotAcceptable().WriteAsync(http);
        else if (TableWriter.Include(http.Request) is not { } include)
            await TableWriter.IncludeRefused(http.Request).WriteAsync(http);
        else if (refusal is not null)
            await refusal.WriteAsync(http);
        else if (await store.GetAsync(ObjectTarget.Of(http, kind).Key, http.RequestAborted) is not { } document)
            await Refusal.NotFound(ObjectTarget.Of(http, kind).Key).WriteAsync(http);
        else if (rendering == Rendering.Table)
            await WriteTableAsync(http, kind, include, new Page(document.Metadata.ResourceVersion ?? "", [document]));
        else
            await Json.WriteAsync(http, StatusCodes.Status200OK, document.Utf8);
    }

    public async Task ListAsync(HttpContext http, ResourceKind kind)
    {
        var (query, refusal) = ListQuery.Of(http.Request, kind);
        if (query is null)
        {
            await refusal!.WriteAsync(http);
            return;
        }
        string? ns = ObjectTarget.Of(http, kind).Namespace;
        (var list, refusal) = StateFor(query, kind, ns, await store.ListAsync(kind, ns, http.RequestAborted));
        if (list is null)
        {
            await refusal!.WriteAsync(http);
            return;
        }

        var page = Page.Of(list, query.Continue, query.Limit, query.Selection);
        if (page.Continue is not null)
            _begun.Keep(kind, ns, list);
        if (query.Rendering == Rendering.Table)
            await WriteTableAsync(http, kind, query.Include, page);
        else
            await ListBody.WriteAsync(http, kind, page);
    }

    private (DocumentList? List, Refusal? Refusal) StateFor(ListQuery query, ResourceKind kind, string? ns, DocumentList current)
    {
        if (query.Continue is { Version: { } begun } token && begun != current.ResourceVersion)
            return _begun.Find(kind, ns, begun) is { } state ? (state, null) : (null, ListRefusals.PagesGone(token with { Version = null }));
        switch (query.Version)
        {
            case VersionAsked.NotOlderThan { Version: var least } when TooNew(least, current.ResourceVersion) is { } refusal:
                return (null, refusal);
            case VersionAsked.Exactly { Version: var exact } when Text(exact) != current.ResourceVersion:
                return TooNew(exact, current.ResourceVersion) is { } tooNew ? (null, tooNew)
                    : _begun.Find(kind, ns, Text(exact)) is { } kept ? (kept, null)
                    : (null, ListRefusals.TooOld(exact));
            default:
                return (current, null);
        }
    }

    private static Refusal? TooNew(long asked, string current)
        => VersionAsked.Parse(current) is { } version && asked > version ? ListRefusals.TooNew(asked, current) : null;

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private async Task WriteTableAsync(HttpContext http, ResourceKind kind, string include, Page page)
    {
        http.Response.ContentType = Json.MediaType;
        await using (var writer = new Utf8JsonWriter(http.Response.BodyWriter, Json.Compact))
            new TableWriter(kind, include, time.GetUtcNow()).Write(writer, page, columns: true);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }
}
