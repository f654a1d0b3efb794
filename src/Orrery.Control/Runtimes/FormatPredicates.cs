using Orrery.Resources.Runtimes;

namespace Orrery.Control.Runtimes;

/// <summary>
/// Everything that a model is held against in one entry of a runtime's <c>supportedModelFormats</c>. Each predicate adds what it found; none of them ends
/// the search, so all reasons are kept. Unset in the runtime means any. Pure.
/// </summary>
internal static class FormatPredicates
{
    private const int MaxListed = 4;

    public static FormatVerdict Judge(ModelFacts model, SupportedModelFormat format, bool needsAutoSelect)
    {
        List<Finding>? findings = null;

        // The score counts what both sides name and agree on.
        string? name = format.FormatName();
        bool formatMatches = Word(ref findings, "format", name, model.Format?.Name);
        formatMatches &= Version(ref findings, "format version", format.ModelFormat?.Operator, format.ModelFormat is null ? format.Version : format.ModelFormat.Version, model.Format?.Version);
        bool frameworkMatches = Word(ref findings, "framework", format.ModelFramework?.Name, model.Framework?.Name);
        frameworkMatches &= Version(ref findings, "framework version", format.ModelFramework?.Operator, format.ModelFramework?.Version, model.Framework?.Version);
        int named = Architecture(ref findings, format, model) ? 1 : 0;
        named += OneOf(ref findings, "quantization", format.Quantization, format.Quantizations, model.Quantization, null) ? 1 : 0;
        if (format.DiffusionPipeline is { } pipeline)
            named += PipelinePredicates.Judge(ref findings, pipeline, model) ? 1 : 0;
        if (needsAutoSelect && format.AutoSelect == false)
            Add(ref findings, new Finding("autoSelect", FindingKind.Against, $"autoSelect is off for format {name}; a service may name the runtime"));

        return new FormatVerdict(format, findings ?? (IReadOnlyList<Finding>)[], new Score(
            formatMatches ? format.ModelFormat?.Weight ?? 1 : 0, frameworkMatches ? format.ModelFramework?.Weight ?? 1 : 0, format.Priority ?? 1), named);
    }

    internal static void Add(ref List<Finding>? findings, Finding finding) => (findings ??= []).Add(finding);

    /// <returns>Whether both are known and equal.</returns>
    internal static bool Word(ref List<Finding>? findings, string aspect, string? wanted, string? actual)
    {
        if (string.IsNullOrEmpty(wanted))
            return false;
        if (string.IsNullOrEmpty(actual))
        {
            Add(ref findings, new Finding(aspect, FindingKind.Unchecked, wanted));
            return false;
        }
        if (string.Equals(wanted, actual, StringComparison.OrdinalIgnoreCase))
            return true;
        Add(ref findings, new Finding(aspect, FindingKind.Differs, wanted, actual));
        return false;
    }

    /// <returns>False: it does not hold. An unset or unknown version holds.</returns>
    private static bool Version(ref List<Finding>? findings, string aspect, string? comparison, string? wanted, string? actual)
    {
        if (string.IsNullOrEmpty(wanted))
            return true;
        if (string.IsNullOrEmpty(actual))
        {
            Add(ref findings, new Finding(aspect, FindingKind.Unchecked, Range(comparison, wanted)));
            return true;
        }
        switch (VersionRange.Ask(comparison, wanted, actual))
        {
            case VersionRange.Answer.Fails:
                Add(ref findings, new Finding(aspect, FindingKind.Differs, Range(comparison, wanted), actual));
                return false;
            case VersionRange.Answer.HoldsThoughNewer:
                Add(ref findings, new Finding(aspect, FindingKind.Note, $"{aspect}: the model has {actual}, newer than the runtime's {wanted}"));
                return true;
            default:
                return true;
        }
    }

    // In words that do not read the wrong way round: the runtime has the version, and the model must not be beyond it.
    private static string Range(string? comparison, string wanted) => comparison switch
    {
        "Equal" => $"{wanted} alone",
        "GreaterThan" => $"versions before {wanted}",
        "GreaterThanOrEqual" => $"versions up to {wanted}",
        _ => $"versions that are compatible with {wanted}",
    };

    /// <returns>Whether the entry names it and the model is known to be it.</returns>
    private static bool Architecture(ref List<Finding>? findings, SupportedModelFormat format, ModelFacts model)
    {
        string? single = format.ModelArchitecture ?? (format.ModelArchitectures is null ? format.ModelType : null);
        return OneOf(ref findings, "architecture", single, format.ModelArchitectures, model.Architecture ?? model.ModelType, model.Architecture is null ? null : model.ModelType);
    }

    private static bool OneOf(ref List<Finding>? findings, string aspect, string? single, IReadOnlyList<string>? several, string? actual, string? alias)
    {
        if (string.IsNullOrEmpty(single) && several is not { Count: > 0 })
            return false;
        if (string.IsNullOrEmpty(actual))
        {
            Add(ref findings, new Finding(aspect, FindingKind.Unchecked, Listed(single, several)));
            return false;
        }
        if (Holds(single, several, actual) || (alias is not null && Holds(single, several, alias)))
            return true;
        Add(ref findings, new Finding(aspect, FindingKind.Differs, Listed(single, several), actual));
        return false;
    }

    private static bool Holds(string? single, IReadOnlyList<string>? several, string actual)
    {
        if (string.Equals(single, actual, StringComparison.OrdinalIgnoreCase))
            return true;
        for (int i = 0; i < (several?.Count ?? 0); i++)
        {
            if (string.Equals(several![i], actual, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static string Listed(string? single, IReadOnlyList<string>? several)
    {
        if (several is not { Count: > 0 })
            return single!;
        IEnumerable<string> all = string.IsNullOrEmpty(single) ? several : several.Prepend(single);
        int count = several.Count + (string.IsNullOrEmpty(single) ? 0 : 1);
        return string.Join(", ", all.Take(MaxListed)) + (count > MaxListed ? $" and {count - MaxListed} more" : "");
    }
}
