using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Patches;
using Orrery.Resources.Validation;

namespace Orrery.Api.Objects;

/// <summary>A patch that looks at what it brought: fields that nobody knows are refused, or kept and told.</summary>
/// <param name="Strict">True: refused.</param>
internal sealed record CheckedPatch(Patch Inner, ResourceKind Kind, bool Strict) : Patch
{
    /// <summary>What the last try brought; empty before.</summary>
    public IReadOnlyList<string> Unknown { get; private set; } = [];

    public override string? PinnedVersion => Inner.PinnedVersion;

    public override PatchResult Apply(JsonObject current)
    {
        var result = Inner.Apply(current);
        if (result is not PatchResult.Patched { Json: var json })
            return result;
        Unknown = [.. UnknownFields.In(json, Kind).Except(UnknownFields.In(current, Kind))];
        return Strict && Unknown.Count > 0 ? new PatchResult.Unfit($"strict decoding error: {FieldValidation.Told(Unknown)}") : result;
    }
}
