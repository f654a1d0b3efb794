using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Listing;
using Orrery.Api.Selection;
using Orrery.Api.Tables;
using Orrery.Resources.Text;
using Orrery.Resources;

namespace Orrery.Api.Watching;

/// <summary>Where a watch begins.</summary>
internal abstract record WatchStart
{
    /// <summary>After this version, which the client has seen.</summary>
    public sealed record After(long Version) : WatchStart;

    /// <summary>With all that is there as ADDED.</summary>
    /// <param name="NotOlderThan">The client has seen this version already. 0: none.</param>
    /// <param name="EndMarked">A bookmark says where what was there ends.</param>
    public sealed record WithState(long NotOlderThan, bool EndMarked) : WatchStart;

    /// <summary>With what changes from now on.</summary>
    public sealed record Now : WatchStart;
}

/// <summary>What a watch was asked for.</summary>
/// <param name="Include">For tables: see <see cref="TableWriter"/>.</param>
internal sealed record WatchQuery(ObjectSelection Selection, Rendering Rendering, string Include, WatchStart Start, TimeSpan Timeout, bool Bookmarks)
{
    /// <summary>True when a list is asked to go on as a watch.</summary>
    public static bool IsAsked(HttpRequest request) => IsTrue(request.Query["watch"].FirstOrDefault());

    public static (WatchQuery? Query, Refusal? Refusal) Of(HttpRequest request, ResourceKind kind, TimeSpan longest)
    {
        if (Renderings.Of(request) is not { } rendering)
            return (null, Refusal.NotAcceptable());
        if (TableWriter.Include(request) is not { } include)
            return (null, TableWriter.IncludeRefused(request));
        var (selection, problem) = ObjectSelection.Of(request, kind);
        if (selection is null)
            return (null, Refusal.BadRequest(problem!));

        var timeout = longest;
        if (request.Query["timeoutSeconds"] is [{ Length: > 0 } seconds])
        {
            if (!long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out long asked))
                return (null, Refusal.BadRequest($"timeoutSeconds: '{Excerpt.Of(seconds)}' must be a whole number of seconds"));
            timeout = asked > 0 && asked < longest.TotalSeconds ? TimeSpan.FromSeconds(asked) : longest;
        }

        bool bookmarks = IsTrue(request.Query["allowWatchBookmarks"].FirstOrDefault());
        var (start, refusal) = StartOf(request, bookmarks);
        return start is null ? (null, refusal) : (new WatchQuery(selection, rendering, include, start, timeout, bookmarks), null);
    }

    private static (WatchStart? Start, Refusal? Refusal) StartOf(HttpRequest request, bool bookmarks)
    {
        string text = request.Query["resourceVersion"].FirstOrDefault() ?? "";
        string match = request.Query["resourceVersionMatch"].FirstOrDefault() ?? "";
        long version = 0;
        if (text.Length > 0)
        {
            if (VersionAsked.Parse(text) is not { } parsed)
                return (null, ListRefusals.NoVersion(text));
            version = parsed;
        }
        if (!request.Query.ContainsKey("sendInitialEvents"))
        {
            return match.Length > 0
                ? (null, ListRefusals.Invalid("resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"))
                : (version == 0 ? new WatchStart.WithState(0, EndMarked: false) : new WatchStart.After(version), null);
        }

        string initial = request.Query["sendInitialEvents"].FirstOrDefault() ?? "";
        if (!IsTrue(initial) && !IsFalse(initial))
            return (null, Refusal.BadRequest($"sendInitialEvents: '{Excerpt.Of(initial)}' must be true or false"));
        if (match != "NotOlderThan")
            return (null, ListRefusals.Invalid("resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
        return IsTrue(initial) ? (new WatchStart.WithState(version, EndMarked: bookmarks), null)
            : version == 0 ? (new WatchStart.Now(), null)
            : (new WatchStart.After(version), null);
    }

    private static bool IsTrue(string? text) => text is "1" or "t" or "T" or "true" or "TRUE" or "True";

    private static bool IsFalse(string? text) => text is "0" or "f" or "F" or "false" or "FALSE" or "False";
}
