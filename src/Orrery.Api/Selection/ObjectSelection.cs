using Microsoft.AspNetCore.Http;
using Orrery.Resources;

namespace Orrery.Api.Selection;

/// <summary>Which objects of a collection a request wants.</summary>
internal sealed record ObjectSelection(LabelSelector? Labels, FieldSelector? Fields)
{
    public bool TakesAll => Labels is null && Fields is null;

    public bool Takes(Document document) => (Labels?.Matches(document.Metadata.Labels) ?? true) && (Fields?.Matches(document) ?? true);

    /// <returns>The selection, or what is wrong with the query.</returns>
    public static (ObjectSelection? Selection, string? Problem) Of(HttpRequest request, ResourceKind kind)
    {
        LabelSelector? labels = null;
        FieldSelector? fields = null;
        string? problem = null;
        if (request.Query["labelSelector"] is [{ Length: > 0 } labelText])
            (labels, problem) = LabelSelector.Parse(labelText);
        if (problem is null && request.Query["fieldSelector"] is [{ Length: > 0 } fieldText])
            (fields, problem) = FieldSelector.Parse(fieldText, kind);
        return problem is null ? (new ObjectSelection(labels, fields), null) : (null, problem);
    }
}
