using Orrery.Resources.Text;
using Orrery.Resources;
using Orrery.Resources.Schema;

namespace Orrery.Api.Selection;

/// <summary>Kubernetes' field selectors, <c>field=value</c> and <c>field!=value</c> joined by commas, over the fields that it too has for these kinds.</summary>
internal sealed class FieldSelector
{
    private const string Name = "metadata.name";
    private const string InNamespace = "metadata.namespace";

    private readonly IReadOnlyList<Requirement> _requirements;

    private FieldSelector(IReadOnlyList<Requirement> requirements) => _requirements = requirements;

    private sealed record Requirement(string Field, string Value, bool Negated);

    public bool Matches(Document document)
    {
        foreach (var requirement in _requirements)
        {
            if (ValueOf(document, requirement.Field) == requirement.Value == requirement.Negated)
                return false;
        }
        return true;
    }

    /// <returns>The selector, or what is wrong with the text.</returns>
    public static (FieldSelector? Selector, string? Problem) Parse(string text, ResourceKind kind)
    {
        if (text.Length > LabelSelector.MaxLength)
            return (null, $"fieldSelector: it is {text.Length} letters long; at most {LabelSelector.MaxLength} are read");
        var requirements = new List<Requirement>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = part.IndexOf('=');
            if (equals <= 0)
                return (null, $"fieldSelector: '{Excerpt.Of(part)}' must be field=value or field!=value");
            bool negated = part[equals - 1] == '!';
            string field = part[..(negated ? equals - 1 : equals)];
            if (!Supported(kind).Contains(field))
                return (null, $"fieldSelector: '{Excerpt.Of(field)}' is not selectable for {kind}; selectable: {string.Join(", ", Supported(kind))}");
            string value = part[(equals + 1)..];
            requirements.Add(new Requirement(field, !negated && value.StartsWith('=') ? value[1..] : value, negated));
        }
        return (new FieldSelector(requirements), null);
    }

    private static IReadOnlyList<string> Supported(ResourceKind kind) => [Name, InNamespace, .. kind.SelectableFields];

    private static string ValueOf(Document document, string field) => field switch
    {
        Name => document.Metadata.Name ?? "",
        InNamespace => document.Metadata.Namespace ?? "",
        "source" => FieldPath.Text(document.ToJson(), ".source.component"),
        _ => FieldPath.Text(document.ToJson(), "." + field),
    };
}
