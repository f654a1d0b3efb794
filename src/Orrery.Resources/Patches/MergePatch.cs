using System.Text.Json.Nodes;

namespace Orrery.Resources.Patches;

/// <summary>RFC 7386: null removes, objects merge, everything else replaces.</summary>
public sealed record MergePatch(JsonObject Json) : Patch
{
    public override string? PinnedVersion => VersionIn(Json);

    public override PatchResult Apply(JsonObject current) => new PatchResult.Patched(Apply(current.DeepClone().AsObject(), Json));

    /// <summary>Changes <paramref name="target"/> and returns it.</summary>
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
                target.Remove(name);
            else if (value is JsonObject inner)
                target[name] = Apply(target[name] is JsonObject existing ? Detached(target, name, existing) : [], inner);
            else
                target[name] = value.DeepClone();
        }
        return target;
    }

    // A node has one parent: it is taken out before it is put back.
    private static JsonObject Detached(JsonObject parent, string name, JsonObject child)
    {
        parent[name] = null;
        return child;
    }
}
