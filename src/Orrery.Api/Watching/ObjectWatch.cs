using Microsoft.AspNetCore.Http;
using Orrery.Api.Objects;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Api.Watching;

/// <summary>
/// A list that goes on: one line per change, each flushed before the next is taken from the store, so that a slow client costs no memory here
/// and is told that it expired once the store's history has passed it by.
/// </summary>
/// <param name="stopping">Ends every watch, so that a stop need not wait for clients.</param>
internal sealed class ObjectWatch(IResourceStore store, ApiOptions options, TimeProvider time, CancellationToken stopping)
{
    public async Task WatchAsync(HttpContext http, ResourceKind kind)
    {
        var (query, refusal) = WatchQuery.Of(http.Request, kind, options.MaxWatch);
        if (query is null)
        {
            await refusal!.WriteAsync(http);
            return;
        }

        using var timeout = new CancellationTokenSource(query.Timeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, http.RequestAborted, stopping);
        try
        {
            await StreamAsync(http, ObjectTarget.Of(http, kind), query, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The end of its time is the normal end of a watch.
        }
    }

    private async Task StreamAsync(HttpContext http, ObjectTarget target, WatchQuery query, CancellationToken ct)
    {
        var frames = new WatchFrames(target.Kind, query, time);
        var filter = await FilterAsync(target, query, ct);
        string? seen = query.FromVersion;

        // The headers tell the client that the watch stands, so they go out after the filter has seen the start.
        http.Response.ContentType = Json.MediaType;
        await http.Response.BodyWriter.FlushAsync(ct);

        await using var changes = store.WatchAsync(target.Kind, target.Namespace, query.FromVersion, ct).GetAsyncEnumerator(ct);
        while (true)
        {
            var next = changes.MoveNextAsync().AsTask();
            try
            {
                if (query.Bookmarks && seen is not null)
                    await BookmarkUntilAsync(next, http, frames, seen, ct);
            }
            finally
            {
                // An enumerator must not be disposed of while it moves; whatever ended the bookmarks ends this too.
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            if (!await next)
                return;

            var change = changes.Current;
            seen = SeenAfter(change, seen);
            if ((filter is null ? change : filter.Next(change)) is not { } told)
                continue;
            frames.Write(http.Response.BodyWriter, told);
            await http.Response.BodyWriter.FlushAsync(ct);
        }
    }

    private async Task<WatchFilter?> FilterAsync(ObjectTarget target, WatchQuery query, CancellationToken ct)
    {
        if (query.Selection.TakesAll)
            return null;
        var filter = new WatchFilter(query.Selection);
        if (query.FromVersion is not null && await store.ListAsync(target.Kind, target.Namespace, ct) is var list && list.ResourceVersion == query.FromVersion)
            filter.Start(list.Items);
        return filter;
    }

    private async Task BookmarkUntilAsync(Task next, HttpContext http, WatchFrames frames, string seen, CancellationToken ct)
    {
        while (true)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
            bool ended = await Task.WhenAny(next, Task.Delay(options.BookmarkPeriod, time, enough.Token)) == next;
            await enough.CancelAsync();
            if (ended || ct.IsCancellationRequested)
                return;
            frames.WriteBookmark(http.Response.BodyWriter, seen);
            await http.Response.BodyWriter.FlushAsync(ct);
        }
    }

    /// <param name="seen">Null while objects that were there at the start come, in order of names: their versions say nothing of what the client has seen.</param>
    private static string? SeenAfter(WatchEvent change, string? seen) => change switch
    {
        WatchEvent.Added added when seen is not null => added.Document.Metadata.ResourceVersion,
        WatchEvent.Modified modified => modified.Document.Metadata.ResourceVersion,
        WatchEvent.Deleted deleted => deleted.Document.Metadata.ResourceVersion,
        _ => seen,
    };
}
