using System.Text.RegularExpressions;

namespace Orrery.Resources.Schema;

// What a field of a record may hold. Schema, validation, defaults and generated CRDs all read these and nothing else, so that they cannot differ.
// How lists and maps merge is said by MergeAttributes.cs. On a list or map the limits of a value (OneOf, Between, AtLeast, Pattern, Quantity, IntOrString) are those of its elements.

/// <summary>Must be there; text and lists must not be empty either.</summary>
/// <param name="hint">Follows "must be set" in the message: <c>, for example gguf</c>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute(string hint = "") : Attribute
{
    public string Hint { get; } = hint;
}

/// <summary>One of these words.</summary>
[AttributeUsage(AttributeTargets.Property)]
public class OneOfAttribute(params string[] values) : Attribute
{
    public string[] Values { get; } = values;
}

/// <summary>A number within these bounds, both included.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BetweenAttribute(long minimum, long maximum) : Attribute
{
    public long Minimum { get; } = minimum;

    public long Maximum { get; } = maximum;
}

/// <summary>A number with a lower bound, included.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AtLeastAttribute(long minimum) : Attribute
{
    public long Minimum { get; } = minimum;
}

/// <summary>A list or map with at most so many elements.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AtMostElementsAttribute(int count) : Attribute
{
    public int Count { get; } = count;
}

/// <summary>Text that an expression describes, in the part of the syntax that .NET and RE2 share; anchors are the expression's own.</summary>
/// <param name="meaning">Follows "must be" in the message: what the expression means, with an example.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatternAttribute(string expression, string meaning) : Attribute
{
    // RE2's $ is the very end of the text, .NET's also stands before a last line break.
    private readonly Lazy<Regex> _regex = new(() => new Regex(
        expression.Replace("$", @"\z", StringComparison.Ordinal), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

    public string Expression { get; } = expression;

    public string Meaning { get; } = meaning;

    internal bool Matches(string text) => _regex.Value.IsMatch(text);
}

/// <summary>What the field holds when it is left out, as JSON.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultAttribute(string json) : Attribute
{
    public string Json { get; } = json;
}

/// <summary>On a <c>JsonElement</c>: an object of Kubernetes' own, kept as it is and read by a cluster only.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RawObjectAttribute : Attribute;

/// <summary>On a <c>JsonElement</c>: a list of objects of Kubernetes' own, kept as they are and read by a cluster only.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RawListAttribute : Attribute;

/// <summary>On a <c>JsonElement</c>: a whole number, or text such as <c>25%</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IntOrStringAttribute : Attribute;

/// <summary>On a <c>JsonElement</c>: a Kubernetes quantity, a number or text such as <c>80Gi</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class QuantityAttribute : Attribute;
