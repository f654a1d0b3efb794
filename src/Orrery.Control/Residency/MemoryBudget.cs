using System.Globalization;
using Orrery.Resources.Text;

namespace Orrery.Control.Residency;

/// <summary>How much memory all replicas together may take: so many bytes, or a share of what the machine can give.</summary>
public sealed record MemoryBudget
{
    private readonly long? _bytes;
    private readonly double _share;

    private MemoryBudget(long? bytes, double share) => (_bytes, _share) = (bytes, share);

    /// <param name="text">A quantity such as <c>24Gi</c>, or a share such as <c>80%</c>.</param>
    /// <returns>Null: it is neither, or nothing, or more than all.</returns>
    public static MemoryBudget? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.EndsWith('%'))
            return double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out double percent) && percent is > 0 and <= 100 ? new MemoryBudget(null, percent / 100) : null;
        return Quantities.Parse(text) is >= 1 and <= long.MaxValue / 2 and var bytes ? new MemoryBudget((long)bytes, 0) : null;
    }

    /// <param name="allocatableBytes">What the machine can give to replicas. Null: nobody knows.</param>
    /// <returns>Null: a share of nobody knows what.</returns>
    public long? Bytes(long? allocatableBytes) => _bytes ?? (long?)(allocatableBytes * _share);
}
