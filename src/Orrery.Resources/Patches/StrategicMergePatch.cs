using System.Text.Json.Nodes;
using Orrery.Resources.Schema;
using Orrery.Resources.Text;

namespace Orrery.Resources.Patches;

/// <summary>
/// Kubernetes' strategic merge patch: a merge patch that knows which lists merge, with directives beside the fields.
/// <code>
///   $patch: replace | delete | merge      of an object, or as an item of a keyed list
///   $retainKeys: [..]                     all other fields of this object go
///   $deleteFromPrimitiveList/NAME: [..]   these values go from the set NAME
///   $setElementOrder/NAME: [..]           the order of the set or keyed list NAME
/// </code>
/// </summary>
public sealed record StrategicMergePatch(JsonObject Json, MergeType Type) : Patch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeleteFrom = "$deleteFromPrimitiveList/";
    private const string Order = "$setElementOrder/";

    public override string? PinnedVersion => VersionIn(Json);

    public override PatchResult Apply(JsonObject current)
    {
        try
        {
            return Merge(current, Json, Type) is { } json ? new PatchResult.Patched(json) : new PatchResult.Unfit("the patch leaves no object");
        }
        catch (InvalidPatchException e)
        {
            return new PatchResult.Malformed(e.Message);
        }
    }

    /// <returns>Null: the patch deletes it.</returns>
    private static JsonObject? Merge(JsonObject current, JsonObject patch, MergeType type)
    {
        switch (DirectiveOf(patch))
        {
            case "replace":
                return Plain(patch);
            case "delete":
                return null;
        }
        var json = current.DeepClone().AsObject();
        foreach (string gone in patch[RetainKeys] is { } kept ? json.Select(f => f.Key).Except(ListOf(kept, RetainKeys).Select(k => $"{k}")).ToList() : [])
            json.Remove(gone);
        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(DeleteFrom, StringComparison.Ordinal) && json[name[DeleteFrom.Length..]] is JsonArray)
                RemoveValues(json, name[DeleteFrom.Length..], ListOf(value, name));
        }
        foreach (var (name, value) in patch)
        {
            if (!name.StartsWith('$'))
                SetField(json, name, value, FieldTypeOf(type, name));
        }
        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(Order, StringComparison.Ordinal) && name[Order.Length..] is var field && json[field] is JsonArray list)
                json[field] = Ordered(list, ListOf(value, name), current[field] as JsonArray ?? [], FieldTypeOf(type, field));
        }
        return json;
    }

    private static MergeType FieldTypeOf(MergeType type, string name) => type.Field(name) ?? type.Element;

    private static void SetField(JsonObject json, string name, JsonNode? value, MergeType type)
    {
        var merged = (json[name], value) switch
        {
            (_, null) => null,
            (JsonObject was, JsonObject patch) => Merge(was, patch, type),
            (_, JsonObject patch) => Merge([], patch, type),
            (JsonArray was, JsonArray patch) when type.Form == MergeForm.Set => Ordered(MergeSet(was, patch), patch, was, type),
            (var was, JsonArray patch) when type.Form == MergeForm.Keyed => Ordered(MergeKeyed(was as JsonArray ?? [], patch, type), patch, was as JsonArray ?? [], type),
            _ => Plain(value),
        };
        if (merged is null)
            json.Remove(name);
        else
            json[name] = merged;
    }

    private static JsonArray MergeSet(JsonArray was, JsonArray patch)
    {
        var list = was.DeepClone().AsArray();
        var there = list.Select(Text).ToHashSet();
        foreach (var item in patch.Where(item => there.Add(Text(item))))
            list.Add(item?.DeepClone());
        return list;
    }

    private static JsonArray MergeKeyed(JsonArray was, JsonArray patch, MergeType type)
    {
        string key = type.Keys[0];
        var items = patch.Select(i => i as JsonObject ?? throw new InvalidPatchException($"an item of a list that merges by '{key}' must be an object, not {Excerpt.Of(i)}")).ToList();
        // An item that only says so replaces the whole list with the others.
        bool replaces = items.Any(i => DirectiveOf(i) == "replace" && i[key] is null);
        var list = (replaces ? [] : was).Select(i => i?.DeepClone()).ToList();
        var places = new Dictionary<string, int>();
        for (int i = 0; i < list.Count; i++)
            places.TryAdd(KeyText(list[i], key), i);

        var gone = new HashSet<int>();
        foreach (var item in items.Where(i => !(replaces && i[key] is null)))
        {
            if (item[key] is not JsonValue value)
                throw new InvalidPatchException($"map: {Excerpt.Of(item)} does not contain declared merge key: {key}");
            bool isThere = places.TryGetValue(Text(value), out int at) && !gone.Contains(at);
            switch (Merge(isThere ? list[at]!.AsObject() : [], item, type.Element))
            {
                case null when isThere:
                    gone.Add(at);
                    break;
                case { } merged when isThere:
                    list[at] = merged;
                    break;
                case { } merged:
                    places[Text(value)] = list.Count;
                    list.Add(merged);
                    break;
            }
        }
        return new JsonArray([.. list.Where((_, i) => !gone.Contains(i))]);
    }

    /// <summary>
    /// As kube-apiserver orders: items that the order names come as it says; another one stays before the first of those that it was before,
    /// as long as that one was there too, and after them otherwise.
    /// </summary>
    private static JsonArray Ordered(JsonArray list, JsonArray order, JsonArray was, MergeType type)
    {
        string? key = type.Form == MergeForm.Keyed ? type.Keys[0] : null;
        if (key is null && type.Form != MergeForm.Set)
            return list.DeepClone().AsArray();
        string Name(JsonNode? item) => key is null ? Text(item) : KeyText(item, key);
        Dictionary<string, int> ranks = Ranks(order.Select(Name)), places = Ranks(was.Select(Name));
        var named = new Queue<JsonNode?>(list.Where(i => ranks.ContainsKey(Name(i))).OrderBy(i => ranks[Name(i)]));
        var others = new Queue<JsonNode?>(list.Where(i => !ranks.ContainsKey(Name(i))));

        var ordered = new JsonArray();
        while (others.TryPeek(out var other))
        {
            bool waits = named.TryPeek(out var next) && !(places.TryGetValue(Name(next), out int there) && places.TryGetValue(Name(other), out int at) && at < there);
            ordered.Add((waits ? named : others).Dequeue()?.DeepClone());
        }
        foreach (var item in named)
            ordered.Add(item?.DeepClone());
        return ordered;
    }

    private static Dictionary<string, int> Ranks(IEnumerable<string> names)
    {
        var ranks = new Dictionary<string, int>();
        foreach (string name in names)
            ranks.TryAdd(name, ranks.Count);
        return ranks;
    }

    private static void RemoveValues(JsonObject json, string field, JsonArray values)
    {
        var gone = values.Select(Text).ToHashSet();
        json[field] = new JsonArray([.. json[field]!.AsArray().Where(i => !gone.Contains(Text(i))).Select(i => i?.DeepClone())]);
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";

    /// <summary>Empty for what has no such key.</summary>
    private static string KeyText(JsonNode? item, string key) => item is JsonObject json && json[key] is JsonValue value ? Text(value) : "";

    /// <summary>The value without directives.</summary>
    private static JsonObject Plain(JsonObject json)
        => new(json.Where(f => !f.Key.StartsWith('$') && f.Value is not null).Select(f => KeyValuePair.Create(f.Key, Plain(f.Value))));

    private static JsonNode? Plain(JsonNode? value) => value switch
    {
        JsonObject json => Plain(json),
        JsonArray list => new JsonArray([.. list.Select(Plain)]),
        _ => value?.DeepClone(),
    };

    private static string? DirectiveOf(JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(Directive, out var directive))
            return null;
        return directive is JsonValue value && value.TryGetValue(out string? text) && text is "replace" or "delete" or "merge"
            ? directive.GetValue<string>()
            : throw new InvalidPatchException($"Unknown patch type: {Excerpt.Of(directive)}; $patch must be replace, delete or merge");
    }

    private static JsonArray ListOf(JsonNode? node, string field)
        => node as JsonArray ?? throw new InvalidPatchException($"{field}: {Excerpt.Of(node)} must be a list");

    private sealed class InvalidPatchException(string message) : Exception(message);
}
