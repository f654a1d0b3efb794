using System.Text.Json.Nodes;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Apply;

/// <summary>Puts a configuration into an object, and takes fields out of one. Arguments stay as they are.</summary>
internal static class StructuredMerge
{
    /// <summary>The object with what the configuration says: objects, sets and keyed lists merge, everything else is replaced.</summary>
    public static JsonObject Merge(JsonObject live, JsonObject config, MergeType type) => Merge(live, config, type, 0)!.AsObject();

    /// <summary>The object without the set's members and what is below them. What becomes empty by it goes too.</summary>
    public static JsonObject Remove(JsonObject from, FieldSet gone, MergeType type) => Remove(from, gone, type, 0)?.AsObject() ?? [];

    /// <summary>
    /// The merged object without what this manager applied last time and no longer does, as far as nobody else has it.
    /// </summary>
    /// <param name="last">What it applied last time.</param>
    /// <param name="owned">What all managers own now, this one's new configuration included.</param>
    public static JsonObject Prune(JsonObject merged, FieldSet last, FieldSet owned, MergeType type)
    {
        if (last.IsEmpty)
            return merged;
        last = FieldTree.WithNamed(last, type);
        var all = Members(merged, type);
        var left = Members(Remove(merged, last, type), type);
        // An item that goes takes along what others own inside, so what goes is asked for again with theirs kept.
        left = Members(Remove(merged, all.Except(left.Union(FieldTree.WithNamed(owned, type))), type), type);
        return Remove(merged, all.Except(left).Intersect(last), type);
    }

    private static FieldSet Members(JsonObject json, MergeType type) => FieldTree.WithNamed(FieldTree.Owned(json, type), type);

    private static JsonNode? Merge(JsonNode? live, JsonNode? config, MergeType type, int depth)
    {
        if (FieldParts.Of(live, type, depth) is not { } old || FieldParts.Of(config, type, depth) is not { } wanted)
            return config?.DeepClone();
        var byElement = old.ToDictionary(p => p.Element, p => p.Value);
        JsonNode? Merged(FieldPart part)
            => byElement.TryGetValue(part.Element, out var was) ? Merge(was, part.Value, part.Type, depth + 1) : part.Value?.DeepClone();

        if (config is JsonArray)
            return new JsonArray([.. InOrder(old, wanted).Select(Merged)]);
        var json = live!.DeepClone().AsObject();
        foreach (var part in wanted)
            json[part.Element[2..]] = Merged(part);
        return json;
    }

    /// <summary>The configuration's items in its order; those that only the live list has stay where they were between them.</summary>
    private static List<FieldPart> InOrder(IReadOnlyList<FieldPart> live, IReadOnlyList<FieldPart> config)
    {
        var wanted = config.Select(p => p.Element).ToHashSet();
        var done = new HashSet<string>();
        var order = new List<FieldPart>(live.Count + config.Count);
        int at = 0;
        foreach (var part in config)
        {
            TakeLiveOnly();
            order.Add(part);
            done.Add(part.Element);
        }
        TakeLiveOnly();
        order.AddRange(live.Skip(at).Where(p => !wanted.Contains(p.Element)));
        return order;

        void TakeLiveOnly()
        {
            for (; at < live.Count && (!wanted.Contains(live[at].Element) || done.Contains(live[at].Element)); at++)
            {
                if (!wanted.Contains(live[at].Element))
                    order.Add(live[at]);
            }
        }
    }

    private static JsonNode? Remove(JsonNode? value, FieldSet gone, MergeType type, int depth)
    {
        if (gone.Children.Count == 0 || FieldParts.Of(value, type, depth) is not { Count: > 0 } parts)
            return value?.DeepClone();
        var kept = new List<(string Element, JsonNode? Value)>(parts.Count);
        foreach (var part in parts)
        {
            if (gone[part.Element] is var set && set.IsMember)
                continue;
            var left = Remove(part.Value, set, part.Type, depth + 1);
            if (left is not null || part.Value is null)
                kept.Add((part.Element, left));
        }
        if (kept.Count == 0)
            return null;
        return value is JsonArray
            ? new JsonArray([.. kept.Select(k => k.Value)])
            : new JsonObject(kept.Select(k => KeyValuePair.Create(k.Element[2..], k.Value)));
    }
}
