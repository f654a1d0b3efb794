using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Selection;
using Orrery.Api.Tables;
using Orrery.Resources;

namespace Orrery.Api.Watching;

/// <summary>What a watch was asked for.</summary>
/// <param name="FromVersion">Null: begin with all that is there.</param>
/// <param name="Include">For tables: see <see cref="TableWriter"/>.</param>
internal sealed record WatchQuery(
    ObjectSelection Selection, Rendering Rendering, string Include, string? FromVersion, TimeSpan Timeout, bool Bookmarks)
{
    /// <summary>True when a list is asked to go on as a watch.</summary>
    public static bool IsAsked(HttpRequest request) => IsTrue(request.Query["watch"].FirstOrDefault());

    public static (WatchQuery? Query, Refusal? Refusal) Of(HttpRequest request, ResourceKind kind, TimeSpan longest)
    {
        if (Renderings.Of(request) is not { } rendering)
            return (null, Refusal.NotAcceptable());
        if (TableWriter.Include(request) is not { } include)
            return (null, Refusal.BadRequest($"includeObject: '{request.Query["includeObject"]}' must be None, Metadata or Object"));
        var (selection, problem) = ObjectSelection.Of(request, kind);
        if (selection is null)
            return (null, Refusal.BadRequest(problem!));
        // 422 is how clients learn to list first instead.
        if (request.Query.ContainsKey("sendInitialEvents"))
            return (null, Refusal.Invalid(kind, "", ["sendInitialEvents: is not supported by this server; list, then watch"]));

        var timeout = longest;
        if (request.Query["timeoutSeconds"] is [{ Length: > 0 } seconds])
        {
            if (!long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out long asked))
                return (null, Refusal.BadRequest($"timeoutSeconds: '{seconds}' must be a whole number of seconds"));
            timeout = asked > 0 && asked < longest.TotalSeconds ? TimeSpan.FromSeconds(asked) : longest;
        }

        string? version = request.Query["resourceVersion"].FirstOrDefault();
        return (
            new WatchQuery(selection, rendering, include, version is null or "" or "0" ? null : version, timeout, IsTrue(request.Query["allowWatchBookmarks"].FirstOrDefault())),
            null);
    }

    private static bool IsTrue(string? text) => text is "1" or "t" or "T" or "true" or "TRUE" or "True";
}
