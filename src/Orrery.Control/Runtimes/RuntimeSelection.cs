using Orrery.Resources.Serving;
using Orrery.Resources.Text;

namespace Orrery.Control.Runtimes;

/// <summary>
/// Chooses the runtime for a model. Every pair of runtime and format is held against every predicate and all reasons are kept; the same predicates
/// serve the match, the score, the settings that go with the format, and the explanation. Total and independent of the input's order. Pure.
/// <code>
///   1. judge every runtime and every one of its formats
///   2. of those that fit: the higher score, then the entry that names more of what the model is, then the narrower range of sizes, then the namespaced one, then the name
///   3. the others, best first, each with what speaks against it
/// </code>
/// </summary>
public static class RuntimeSelection
{
    private const int MaxNamed = 5;
    private const int MaxReasons = 4;

    public static RuntimeDecision Choose(SelectionQuestion question, IReadOnlyList<RuntimeCandidate> runtimes)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(runtimes);

        // :: Step 1
        var asked = question.Asked is { } wish ? Find(wish, runtimes) : null;
        var verdicts = new List<RuntimeVerdict>(runtimes.Count);
        foreach (var runtime in runtimes)
            verdicts.Add(RuntimePredicates.Judge(question, runtime, needsAutoSelect: runtime != asked));

        // :: Steps 2 and 3
        verdicts.Sort(Order);
        if (question.Asked is not null)
            return Named(question, asked, verdicts);
        if (verdicts is [{ Fits: true } winner, ..])
            return new RuntimeDecision.Chosen(winner, verdicts[1..]);
        return new RuntimeDecision.None($"no runtime serves model '{question.Model.Name}' (format {question.Model.Format?.Name ?? "unknown"}): {Summary(verdicts)}", verdicts);
    }

    private static RuntimeDecision Named(SelectionQuestion question, RuntimeCandidate? asked, List<RuntimeVerdict> verdicts)
    {
        var wish = question.Asked!;
        if (asked is null)
        {
            string known = verdicts.Count == 0 ? "there is none" : string.Join(", ", verdicts.Select(v => v.Runtime.Name).Distinct().Order(StringComparer.Ordinal).Take(2 * MaxNamed));
            return new RuntimeDecision.None($"spec.runtime.name: no {wish.Kind ?? "runtime"} '{wish.Name}'; known: {known}", verdicts);
        }
        var verdict = verdicts.First(v => v.Runtime == asked);
        List<RuntimeVerdict> others = [.. verdicts.Where(v => v != verdict)];
        return verdict.Fits
            ? new RuntimeDecision.Chosen(verdict, others)
            : new RuntimeDecision.None($"spec.runtime.name: {asked} cannot serve model '{question.Model.Name}': {Text(verdict)}", [verdict, .. others]);
    }

    // A namespaced runtime hides a cluster one of the same name, unless the kind is given.
    private static RuntimeCandidate? Find(RuntimeReference wish, IReadOnlyList<RuntimeCandidate> runtimes)
        => runtimes.Where(r => r.Name == wish.Name && (wish.Kind is null || r.Kind == wish.Kind)).OrderByDescending(r => r.IsNamespaced).FirstOrDefault();

    /// <summary>Those that fit come first, by rank; the others by kind and name.</summary>
    private static int Order(RuntimeVerdict a, RuntimeVerdict b)
    {
        if (a.Fits != b.Fits)
            return a.Fits ? -1 : 1;
        int order = a.Fits ? b.Score.CompareTo(a.Score) : 0;
        if (order == 0 && a.Fits)
            order = b.Named.CompareTo(a.Named);
        if (order == 0 && a.Fits)
            order = a.SizeWidth.CompareTo(b.SizeWidth);
        if (order == 0)
            order = b.Runtime.IsNamespaced.CompareTo(a.Runtime.IsNamespaced);
        return order != 0 ? order : string.CompareOrdinal(a.Runtime.Name, b.Runtime.Name);
    }

    private static string Summary(List<RuntimeVerdict> verdicts)
    {
        if (verdicts.Count == 0)
            return "there is none; create a ClusterServingRuntime";
        string named = string.Join(", ", verdicts.Take(MaxNamed).Select(v => $"{v.Runtime} ({Text(v)})"));
        return verdicts.Count <= MaxNamed ? named : $"{named}, and {verdicts.Count - MaxNamed} more";
    }

    private static string Text(RuntimeVerdict verdict)
    {
        List<string> reasons = [.. verdict.Reasons().Take(MaxReasons + 1).Select(r => Excerpt.Of(r, SelectionReport.MaxReasonLength))];
        return reasons.Count <= MaxReasons ? string.Join("; ", reasons) : string.Join("; ", reasons.Take(MaxReasons)) + "; and more";
    }
}
