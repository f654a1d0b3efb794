using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;

namespace Orrery.Control.Runtimes;

/// <summary>
/// Chooses the runtime for a model. Every pair of runtime and format is held against every predicate and all reasons are kept;
/// unset in the runtime means any, unset in the model means unknown. Pure.
/// </summary>
public static class RuntimeSelection
{
    /// <param name="asked">The service's own wish; null: choose.</param>
    public static RuntimeDecision Choose(ModelFacts model, RuntimeReference? asked, IReadOnlyList<RuntimeCandidate> runtimes)
    {
        if (asked is not null)
            return Named(model, asked, runtimes);

        var verdicts = runtimes.Select(r => (Runtime: r, Verdict: Judge(model, r, needsAutoSelect: true))).ToList();
        var winner = verdicts.Where(v => v.Verdict.Reasons.Count == 0)
            .OrderByDescending(v => v.Verdict.Priority)
            .ThenByDescending(v => v.Runtime.IsNamespaced)
            .ThenBy(v => v.Runtime.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        if (winner.Runtime is not null)
            return new RuntimeDecision.Chosen(winner.Runtime, winner.Verdict.Warnings);

        var rejected = verdicts.Select(v => new RejectedRuntime(v.Runtime.Kind, v.Runtime.Name, v.Verdict.Reasons)).ToList();
        string checkedOnes = rejected.Count == 0 ? "there is none; create a ClusterServingRuntime" : string.Join(", ", rejected);
        return new RuntimeDecision.None($"no runtime serves model '{model.Name}' (format {model.Format?.Name ?? "unknown"}): {checkedOnes}", rejected);
    }

    private static RuntimeDecision Named(ModelFacts model, RuntimeReference asked, IReadOnlyList<RuntimeCandidate> runtimes)
    {
        // A namespaced runtime hides a cluster one of the same name, unless the kind is given.
        var runtime = runtimes.Where(r => r.Name == asked.Name && (asked.Kind is null || r.Kind == asked.Kind))
            .OrderByDescending(r => r.IsNamespaced)
            .FirstOrDefault();
        if (runtime is null)
        {
            string known = runtimes.Count == 0 ? "there is none" : string.Join(", ", runtimes.Select(r => r.Name).Order(StringComparer.Ordinal));
            return new RuntimeDecision.None($"spec.runtime.name: no {asked.Kind ?? "runtime"} '{asked.Name}'; known: {known}", []);
        }
        var verdict = Judge(model, runtime, needsAutoSelect: false);
        return verdict.Reasons.Count == 0
            ? new RuntimeDecision.Chosen(runtime, verdict.Warnings)
            : new RuntimeDecision.None(
                $"spec.runtime.name: {runtime.Kind} '{runtime.Name}' cannot serve model '{model.Name}': {string.Join("; ", verdict.Reasons)}",
                [new RejectedRuntime(runtime.Kind, runtime.Name, verdict.Reasons)]);
    }

    private sealed record Verdict(int Priority, IReadOnlyList<string> Reasons, IReadOnlyList<string> Warnings);

    /// <summary>The best format decides; without a fitting one the reasons of all formats are given.</summary>
    private static Verdict Judge(ModelFacts model, RuntimeCandidate runtime, bool needsAutoSelect)
    {
        List<string> reasons = [];
        if (runtime.Spec.Disabled == true)
            reasons.Add("it is disabled");
        if (runtime.Spec.Process is null)
            reasons.Add("spec.process is not set, so it cannot run without containers");
        if (OutOfRange(model.Parameters, runtime.Spec.ModelSizeRange) is { } size)
            reasons.Add(size);

        var formats = runtime.Spec.SupportedModelFormats ?? [];
        var judged = formats.Select(f => JudgeFormat(model, f, needsAutoSelect)).ToList();
        var fitting = judged.Where(j => j.Reasons.Count == 0).OrderByDescending(j => j.Priority).FirstOrDefault();
        if (formats.Count == 0)
            reasons.Add("spec.supportedModelFormats is empty");
        else if (fitting is null)
            reasons.AddRange(judged.SelectMany(j => j.Reasons));
        return new Verdict(fitting?.Priority ?? 0, reasons, fitting?.Warnings ?? []);
    }

    private static string? OutOfRange(double? parameters, ModelSizeRange? range)
    {
        if (parameters is not { } count || range is null)
            return null;
        bool fits = (range.Min is null || ParameterSize.Parse(range.Min) <= count) && (range.Max is null || ParameterSize.Parse(range.Max) >= count);
        return fits ? null : $"size: the model has {count:0} parameters, the runtime serves {range.Min ?? "any"} to {range.Max ?? "any"}";
    }

    private static Verdict JudgeFormat(ModelFacts model, SupportedModelFormat format, bool needsAutoSelect)
    {
        List<string> reasons = [];
        List<string> warnings = [];
        string name = format.FormatName() ?? "";
        Compare("format", name, model.Format?.Name);
        CompareVersion("format version", format.ModelFormat ?? new FormatSpec { Version = format.Version }, model.Format?.Version);
        Compare("framework", format.ModelFramework?.Name, model.Framework?.Name);
        CompareVersion("framework version", format.ModelFramework, model.Framework?.Version);
        Compare("architecture", format.ModelArchitecture, model.Architecture, model.ModelType);
        Compare("quantization", format.Quantization, model.Quantization);
        if (needsAutoSelect && format.AutoSelect == false)
            reasons.Add($"autoSelect is off for format {name}");
        return new Verdict(format.Priority ?? 1, reasons, warnings);

        void CompareVersion(string what, FormatSpec? wanted, string? actual)
        {
            if (wanted?.Version is not { } version)
                return;
            if (actual is null)
                warnings.Add($"the model's {what} is unknown; the runtime wants {wanted.Operator ?? "Equal"} {version}");
            else if (!VersionRange.Holds(wanted.Operator, version, actual))
                reasons.Add($"{what}: the model has {actual}, the runtime wants {wanted.Operator ?? "Equal"} {version}");
        }

        void Compare(string what, string? wanted, string? actual, string? orElse = null)
        {
            if (string.IsNullOrEmpty(wanted))
                return;
            if (actual is null)
                warnings.Add($"the model's {what} is unknown; the runtime wants {wanted}");
            else if (!string.Equals(wanted, actual, StringComparison.OrdinalIgnoreCase) && !string.Equals(wanted, orElse, StringComparison.OrdinalIgnoreCase))
                reasons.Add($"{what}: the model has {actual}, the runtime serves {wanted}");
        }
    }
}
