using System.Globalization;
using Microsoft.AspNetCore.Http;
using Orrery.Api.Selection;
using Orrery.Api.Tables;
using Orrery.Resources.Text;
using Orrery.Resources;

namespace Orrery.Api.Listing;

/// <summary>What a list was asked for.</summary>
/// <param name="Include">For tables: see <see cref="TableWriter"/>.</param>
/// <param name="Limit">Most objects in one answer. Null: all.</param>
/// <param name="Continue">After which object it begins. Null: at the first.</param>
internal sealed record ListQuery(ObjectSelection Selection, Rendering Rendering, string Include, int? Limit, ContinueToken? Continue, VersionAsked Version)
{
    public static (ListQuery? Query, Refusal? Refusal) Of(HttpRequest request, ResourceKind kind)
    {
        if (Renderings.Of(request) is not { } rendering)
            return (null, Refusal.NotAcceptable());
        if (TableWriter.Include(request) is not { } include)
            return (null, TableWriter.IncludeRefused(request));
        if (request.Query.ContainsKey("sendInitialEvents"))
            return (null, ListRefusals.Invalid("sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list"));
        var (selection, problem) = ObjectSelection.Of(request, kind);
        if (selection is null)
            return (null, Refusal.BadRequest(problem!));

        int? limit = null;
        if (request.Query["limit"] is [{ Length: > 0 } limitText])
        {
            if (!long.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out long asked))
                return (null, Refusal.BadRequest($"limit: '{Excerpt.Of(limitText)}' must be a whole number, 0 or more"));
            limit = asked == 0 ? null : (int)Math.Min(asked, int.MaxValue);
        }

        ContinueToken? token = null;
        if (request.Query["continue"] is [{ Length: > 0 } tokenText])
        {
            if (request.Query["resourceVersion"].FirstOrDefault() is { Length: > 0 } and not "0")
                return (null, Refusal.BadRequest("resourceVersion: is not allowed together with continue, which stands for a version"));
            if (request.Query["resourceVersionMatch"].FirstOrDefault() is { Length: > 0 })
                return (null, ListRefusals.Invalid("resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided"));
            token = ContinueToken.Decode(tokenText);
            if (token is null)
                return (null, Refusal.BadRequest("continue: this token was not given by this server; list again without it"));
        }

        var (version, refusal) = VersionAsked.Of(request, limit is not null);
        return version is null ? (null, refusal) : (new ListQuery(selection, rendering, include, limit, token, version), null);
    }
}
