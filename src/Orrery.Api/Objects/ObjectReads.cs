using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Selection;
using Orrery.Api.Tables;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Api.Objects;

/// <summary>Get and list. Objects leave as the bytes that are stored; only tables are rendered.</summary>
internal sealed class ObjectReads(IResourceStore store, TimeProvider time)
{
    private const int FlushBytes = 64 * 1024;

    public async Task GetAsync(HttpContext http, ResourceKind kind)
    {
        if (Renderings.Of(http.Request) is not { } rendering)
            await Refusal.NotAcceptable().WriteAsync(http);
        else if (TableWriter.Include(http.Request) is not { } include)
            await IncludeRefused(http);
        else if (await store.GetAsync(ObjectTarget.Of(http, kind).Key, http.RequestAborted) is not { } document)
            await Refusal.NotFound(ObjectTarget.Of(http, kind).Key).WriteAsync(http);
        else if (rendering == Rendering.Table)
            await WriteTableAsync(http, kind, include, new DocumentList(document.Metadata.ResourceVersion ?? "", [document]));
        else
            await Json.WriteAsync(http, StatusCodes.Status200OK, document.Utf8);
    }

    public async Task ListAsync(HttpContext http, ResourceKind kind)
    {
        if (Renderings.Of(http.Request) is not { } rendering)
        {
            await Refusal.NotAcceptable().WriteAsync(http);
            return;
        }
        if (TableWriter.Include(http.Request) is not { } include)
        {
            await IncludeRefused(http);
            return;
        }
        var (selection, problem) = ObjectSelection.Of(http.Request, kind);
        // Lists come whole, so a token to go on from was never given.
        if (http.Request.Query["continue"] is [{ Length: > 0 }])
            problem = "continue: this token was not given by this server; list again without it";
        if (selection is null || problem is not null)
        {
            await Refusal.BadRequest(problem!).WriteAsync(http);
            return;
        }

        var list = await store.ListAsync(kind, ObjectTarget.Of(http, kind).Namespace, http.RequestAborted);
        if (!selection.TakesAll)
            list = list with { Items = [.. list.Items.Where(selection.Takes)] };
        if (rendering == Rendering.Table)
            await WriteTableAsync(http, kind, include, list);
        else
            await WriteListAsync(http, kind, list);
    }

    private async Task WriteTableAsync(HttpContext http, ResourceKind kind, string include, DocumentList list)
    {
        http.Response.ContentType = Json.MediaType;
        await using (var writer = new Utf8JsonWriter(http.Response.BodyWriter, Json.Compact))
            new TableWriter(kind, include, time.GetUtcNow()).Write(writer, list.ResourceVersion, list.Items, columns: true);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private static async Task WriteListAsync(HttpContext http, ResourceKind kind, DocumentList list)
    {
        http.Response.ContentType = Json.MediaType;
        var body = http.Response.BodyWriter;
        int unflushed = 0;
        Write(Encoding.UTF8.GetBytes(
            $$"""{"kind":"{{kind.Name}}List","apiVersion":"{{kind.ApiVersion}}","metadata":{"resourceVersion":"{{list.ResourceVersion}}"},"items":["""));
        for (int i = 0; i < list.Items.Count; i++)
        {
            if (i > 0)
                Write(","u8);
            Write(list.Items[i].Utf8.Span);
            if (unflushed < FlushBytes)
                continue;
            await body.FlushAsync(http.RequestAborted);
            unflushed = 0;
        }
        Write("]}"u8);
        await body.FlushAsync(http.RequestAborted);

        void Write(ReadOnlySpan<byte> utf8)
        {
            body.Write(utf8);
            unflushed += utf8.Length;
        }
    }

    private static Task IncludeRefused(HttpContext http)
        => Refusal.BadRequest($"includeObject: '{http.Request.Query["includeObject"]}' must be None, Metadata or Object").WriteAsync(http);
}
