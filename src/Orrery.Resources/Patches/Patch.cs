using System.Text.Json.Nodes;

namespace Orrery.Resources.Patches;

/// <summary>A change to an object that depends on what the object is when it is done.</summary>
public abstract record Patch
{
    /// <summary>The resourceVersion that the object must have; null: any.</summary>
    public virtual string? PinnedVersion => null;

    /// <summary>The changed object; the argument stays as it is.</summary>
    public abstract PatchResult Apply(JsonObject current);

    /// <summary>The version that a patch in the object's own shape names.</summary>
    private protected static string? VersionIn(JsonObject patch)
        => patch["metadata"] is JsonObject metadata && metadata["resourceVersion"] is JsonValue version && version.TryGetValue(out string? text) ? text : null;
}

public abstract record PatchResult
{
    public sealed record Patched(JsonObject Json) : PatchResult;

    /// <summary>The patch is well-formed and cannot be done to this object: a test fails, a path is not there.</summary>
    public sealed record Unfit(string Message) : PatchResult;

    /// <summary>The patch itself is wrong, whatever the object.</summary>
    public sealed record Malformed(string Message) : PatchResult;

    /// <summary>It would take or make more than is allowed.</summary>
    public sealed record TooLarge(string Message) : PatchResult;
}
