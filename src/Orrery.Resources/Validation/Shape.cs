namespace Orrery.Resources.Validation;

/// <summary>Everything that is wrong with a document: its metadata, what its schema forbids, then what the record itself says.</summary>
internal static class Shape
{
    /// <summary>Nobody reads more, and a large document could have one for every few of its bytes.</summary>
    public const int MaxProblems = 1000;

    /// <summary>
    /// Every problem at once, up to <see cref="MaxProblems"/>. A value of the wrong type hides what the record would say, since it cannot be
    /// read then.
    /// </summary>
    public static IReadOnlyList<string> Problems<T>(Document document)
        where T : Resource, IResource<T>
    {
        var schema = SchemaProblems.Of(document.ToJson(), document.Kind.Schema);
        var names = schema.Readable ? Names.Problems(document) : [];
        var said = schema.Readable ? document.As<T>().Problems() : [];
        var problems = names.Concat(schema.All).Concat(said).Take(MaxProblems + 1).ToList();
        if (problems.Count > MaxProblems)
            problems[^1] = $"(root): there are more problems than these {MaxProblems}";
        return problems;
    }
}
