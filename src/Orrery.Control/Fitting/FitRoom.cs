using System.Globalization;
using Orrery.Control.Accelerators;

namespace Orrery.Control.Fitting;

/// <summary>Where a model may go.</summary>
/// <param name="Name">Of an AcceleratorClass, or <c>memory</c> for that of the machine.</param>
/// <param name="MemoryBytes">Of one accelerator, or of the machine.</param>
/// <param name="PerNode">Accelerators that one node can give. 0: it is the machine's memory.</param>
/// <param name="Nodes">Nodes that can give as many.</param>
public sealed record FitRoom(string Name, long MemoryBytes, int PerNode = 0, int Nodes = 1)
{
    /// <summary>What servers leave free: vLLM takes nine tenths by default, and a machine has other work.</summary>
    public const double UsableShare = 0.9;

    // Contexts, graphs and activations on an accelerator; runtime and activations in memory.
    private const long AcceleratorOverhead = 1L << 30, MemoryOverhead = 256L << 20;

    public bool IsAccelerator => PerNode > 0;

    /// <summary>On each accelerator, or once.</summary>
    public long OverheadBytes => IsAccelerator ? AcceleratorOverhead : MemoryOverhead;

    public long UsableBytes => (long)(MemoryBytes * UsableShare);

    public static FitRoom Memory(long bytes) => new("memory", bytes);

    /// <returns>Null: nobody knows its memory, or none is free.</returns>
    public static FitRoom? Of(AcceleratorOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        int perNode = Math.Min(offer.PerNode, offer.Free);
        if (offer.MemoryBytes is not { } memory || perNode <= 0)
            return null;
        // Fewer than a node has are free: on one node at the best. Else nodes that have fewer do not count, for each group of a pipeline is as large.
        return new FitRoom(offer.ClassName, memory, perNode, perNode < offer.PerNode ? 1 : Math.Max(1, Math.Min(offer.FullNodes, offer.Free / perNode)));
    }

    internal static string Text(double bytes)
    {
        double size = Math.Abs(bytes);
        var (unit, name) = size >= 1L << 30 ? (1L << 30, "GiB") : size >= 1 << 20 ? (1 << 20, "MiB") : (1L << 10, "KiB");
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / unit:0.##} {name}");
    }
}
