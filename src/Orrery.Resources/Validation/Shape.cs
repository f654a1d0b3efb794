namespace Orrery.Resources.Validation;

/// <summary>Everything that is wrong with a document: its metadata, values of the wrong type, then what the kind itself says.</summary>
internal static class Shape
{
    /// <summary>Every problem at once. A value of the wrong type hides what the kind would say, since the record cannot be read then.</summary>
    public static IReadOnlyList<string> Problems<T>(Document document)
        where T : Resource, IResource<T>
    {
        if (Nulls.In(document.ToJson(), document.Kind) is { Count: > 0 } nulls)
            return nulls;
        var problems = new List<string>(Names.Problems(document));
        try
        {
            problems.AddRange(document.As<T>().Problems());
        }
        catch (InvalidDocumentException e)
        {
            problems.Add(e.Message);
        }
        return problems;
    }
}
