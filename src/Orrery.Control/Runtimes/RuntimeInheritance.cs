using System.Text.Json;
using Orrery.Resources;
using Orrery.Resources.Patches;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Schema;

namespace Orrery.Control.Runtimes;

/// <summary>
/// Gives runtimes what they inherit. What a runtime sets goes over its parent's as a strategic merge patch would: records by field, lists that have keys by
/// key, sets united, other lists whole. A parent that is missing, a circle, or more than <see cref="MaxDepth"/> steps make the runtime unusable, and it says why. Pure.
/// </summary>
public static class RuntimeInheritance
{
    /// <summary>Runtimes between one and the one at the top.</summary>
    public const int MaxDepth = 8;

    private static readonly MergeType SpecType = MergeType.Of(ClusterServingRuntime.Kind).Field("spec") ?? MergeType.Unknown;

    public static IReadOnlyList<RuntimeCandidate> Resolve(IReadOnlyList<RuntimeCandidate> runtimes)
    {
        ArgumentNullException.ThrowIfNull(runtimes);
        if (!runtimes.Any(r => r.Spec.InheritsFrom is { Length: > 0 }))
            return runtimes;
        var byName = runtimes.ToLookup(r => r.Name, StringComparer.Ordinal);
        // Many inherit from one, and what that one comes to is the same for all of them.
        var done = new Dictionary<RuntimeCandidate, RuntimeSpec>(ReferenceEqualityComparer.Instance);
        return [.. runtimes.Select(r => Resolve(r, byName, done))];
    }

    private static RuntimeCandidate Resolve(RuntimeCandidate runtime, ILookup<string, RuntimeCandidate> byName, Dictionary<RuntimeCandidate, RuntimeSpec> done)
    {
        List<RuntimeCandidate> line = [runtime];
        while (line[^1].Spec.InheritsFrom is { Length: > 0 } name)
        {
            var at = line[^1];
            if (Parent(at, byName[name]) is not { } parent)
                return Broken(runtime, $"{at} inherits from '{name}', and there is no {(at.IsNamespaced ? "" : "Cluster")}ServingRuntime of that name");
            if (line.Any(r => ReferenceEquals(r, parent)))
                return Broken(runtime, $"it inherits in a circle: {string.Join(" from ", line.Append(parent).Select(r => $"'{r.Name}'"))}");
            line.Add(parent);
            if (line.Count > MaxDepth + 1)
                return Broken(runtime, $"it inherits over more than {MaxDepth} runtimes; the last one looked at is '{parent.Name}'");
        }
        var spec = line[^1].Spec;
        for (int i = line.Count - 2; i >= 0; i--)
        {
            if (!done.TryGetValue(line[i], out var merged))
            {
                merged = Merged(spec, line[i].Spec);
                if (merged is null)
                    return Broken(runtime, $"{line[i]} cannot be laid over '{line[i + 1].Name}'; a list that merges by key has an entry without it");
                done.Add(line[i], merged);
            }
            spec = merged;
        }
        return runtime with { Spec = spec };
    }

    // A runtime may add to the cluster's one of its own name.
    private static RuntimeCandidate? Parent(RuntimeCandidate child, IEnumerable<RuntimeCandidate> named)
        => named.Where(r => !ReferenceEquals(r, child) && (child.IsNamespaced || !r.IsNamespaced)).OrderByDescending(r => r.IsNamespaced).FirstOrDefault();

    private static RuntimeCandidate Broken(RuntimeCandidate runtime, string why) => runtime with { Problem = $"spec.inheritsFrom: {why}" };

    /// <returns>Null: the two do not go together.</returns>
    private static RuntimeSpec? Merged(RuntimeSpec parent, RuntimeSpec child)
    {
        var view = ResourceJson.Default.RuntimeSpec;
        // Whether a runtime is switched off is said of it alone.
        var below = JsonSerializer.SerializeToNode(parent with { Disabled = null, InheritsFrom = null }, view)!.AsObject();
        var above = JsonSerializer.SerializeToNode(child, view)!.AsObject();
        return new StrategicMergePatch(above, SpecType).Apply(below) is PatchResult.Patched merged ? merged.Json.Deserialize(view) : null;
    }
}
