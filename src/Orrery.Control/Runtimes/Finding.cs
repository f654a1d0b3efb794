namespace Orrery.Control.Runtimes;

/// <summary>How one aspect of a model stands to a runtime, where it does not simply match.</summary>
public enum FindingKind
{
    /// <summary>The model does not say, so nobody can tell: a warning.</summary>
    Unchecked,

    /// <summary>The model and the runtime differ.</summary>
    Differs,

    /// <summary>Speaks against the runtime by itself; the text is given.</summary>
    Against,

    /// <summary>Worth knowing, and no reason against it; the text is given.</summary>
    Note,
}

/// <summary>
/// What was seen of one aspect. Selection makes tens of thousands of these for each decision and shows a few, so the words are put together late.
/// </summary>
/// <param name="Aspect">Such as <c>architecture</c>.</param>
/// <param name="Wanted">What the runtime says; of <see cref="FindingKind.Against"/> and <see cref="FindingKind.Note"/>, the text.</param>
/// <param name="Actual">What the model says.</param>
public readonly record struct Finding(string Aspect, FindingKind Kind, string Wanted, string Actual = "")
{
    public bool IsReason => Kind is FindingKind.Differs or FindingKind.Against;

    public override string ToString() => Kind switch
    {
        FindingKind.Unchecked => $"the model's {Aspect} is unknown; the runtime serves {Wanted}",
        FindingKind.Differs => $"{Aspect}: the model has {Actual}, the runtime serves {Wanted}",
        _ => Wanted,
    };
}
