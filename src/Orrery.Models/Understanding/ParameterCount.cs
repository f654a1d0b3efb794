using System.Collections.Immutable;

namespace Orrery.Models.Understanding;

/// <summary>How many weights a model has.</summary>
/// <param name="Total">Packed ones unpacked; what only describes others (scales, zero points, orders) and buffers are not among them.</param>
/// <param name="ByType">By the type that they are stored in: <c>BF16</c>, <c>INT4</c>, <c>MXFP4</c>, <c>Q4_K</c>.</param>
/// <param name="Origin">How this is known.</param>
public sealed record ParameterCount(long Total, ImmutableSortedDictionary<string, long> ByType, ParameterOrigin Origin)
{
    /// <summary>Those that one token goes through: all but the experts that it is not sent to. Equal to <see cref="Total"/> without experts.</summary>
    public long Active { get; init; } = Total;

    /// <summary>The type of most.</summary>
    public string? MainType => ByType.IsEmpty ? null : ByType.MaxBy(type => type.Value).Key;

    internal static ParameterCount Of(string type, long total, ParameterOrigin origin)
        => new(total, ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal).Add(type, total), origin);
}

public enum ParameterOrigin
{
    /// <summary>From the shapes of the stored tensors.</summary>
    Counted,

    /// <summary>From the total that the index of the shards gives.</summary>
    Index,

    /// <summary>From the config by a formula: there are no weights, or they are packed in a way that is not known here.</summary>
    Estimated,
}
