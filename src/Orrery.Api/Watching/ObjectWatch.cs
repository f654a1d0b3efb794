using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Listing;
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
    /// <summary>Of the initial state, between two flushes.</summary>
    private const int FlushBytes = 64 * 1024;

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
        var (seen, state, refusal) = await BeginAsync(target, query.Start, ct);
        if (refusal is not null)
        {
            await refusal.WriteAsync(http);
            return;
        }

        // The headers tell the client that the watch stands, so they go out after its start is fixed.
        http.Response.ContentType = Json.MediaType;
        int unflushed = 0;
        foreach (var document in state.Where(query.Selection.Takes))
        {
            frames.Write(http.Response.BodyWriter, new WatchEvent.Added(document));
            unflushed += document.Utf8.Length;
            if (unflushed < FlushBytes)
                continue;
            await http.Response.BodyWriter.FlushAsync(ct);
            unflushed = 0;
        }
        if (query.Start is WatchStart.WithState { EndMarked: true })
            frames.WriteBookmark(http.Response.BodyWriter, seen, endOfState: true);
        await http.Response.BodyWriter.FlushAsync(ct);

        await using var changes = store.WatchAsync(target.Kind, target.Namespace, seen, ct).GetAsyncEnumerator(ct);
        while (true)
        {
            var next = changes.MoveNextAsync().AsTask();
            try
            {
                if (query.Bookmarks)
                    await BookmarkUntilAsync(next, http, frames, seen, ct);
            }
            finally
            {
                // An enumerator must not be disposed of while it moves; whatever ended the bookmarks ends this too.
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            if (!await next)
                return;

            seen = VersionOf(changes.Current) ?? seen;
            if (WatchFilter.Of(changes.Current, query.Selection) is not { } told)
                continue;
            frames.Write(http.Response.BodyWriter, told);
            await http.Response.BodyWriter.FlushAsync(ct);
        }
    }

    /// <returns>The version to go on from, and the objects to begin with.</returns>
    private async Task<(string Seen, IReadOnlyList<Document> State, Refusal? Refusal)> BeginAsync(ObjectTarget target, WatchStart start, CancellationToken ct)
    {
        if (start is WatchStart.After { Version: var after })
            return (after.ToString(CultureInfo.InvariantCulture), [], null);
        var list = await store.ListAsync(target.Kind, target.Namespace, ct);
        return start switch
        {
            WatchStart.WithState { NotOlderThan: var least } when VersionAsked.Parse(list.ResourceVersion) < least
                => (list.ResourceVersion, [], ListRefusals.TooNew(least, list.ResourceVersion)),
            WatchStart.WithState => (list.ResourceVersion, list.Items, null),
            _ => (list.ResourceVersion, [], null),
        };
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
            frames.WriteBookmark(http.Response.BodyWriter, seen, endOfState: false);
            await http.Response.BodyWriter.FlushAsync(ct);
        }
    }

    private static string? VersionOf(WatchEvent change) => change switch
    {
        WatchEvent.Added added => added.Document.Metadata.ResourceVersion,
        WatchEvent.Modified modified => modified.Document.Metadata.ResourceVersion,
        WatchEvent.Deleted deleted => deleted.Document.Metadata.ResourceVersion,
        _ => null,
    };
}
