namespace Orrery.Resources.Validation;

/// <summary>Everything that is wrong with a document: its metadata, what its schema forbids, then what the record itself says.</summary>
internal static class Shape
{
    /// <summary>Every problem at once. A value of the wrong type hides what the record would say, since it cannot be read then.</summary>
    public static IReadOnlyList<string> Problems<T>(Document document)
        where T : Resource, IResource<T>
    {
        var schema = SchemaProblems.Of(document.ToJson(), document.Kind.Schema);
        var problems = new List<string>(schema.Readable ? Names.Problems(document) : []);
        problems.AddRange(schema.All);
        if (schema.Readable)
            problems.AddRange(document.As<T>().Problems());
        return problems;
    }
}
