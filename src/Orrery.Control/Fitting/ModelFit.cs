using System.Globalization;
using System.Numerics;

namespace Orrery.Control.Fitting;

/// <summary>
/// Whether a model has room, and over how many accelerators. Pure.
/// <code>
///   each accelerator holds   (weights + bytes per token × context × sequences) / (tensor × pipeline) + overhead
/// </code>
/// Tensor parallelism grows by powers of two within a node, since attention heads divide by them; then whole nodes follow each other as a pipeline.
/// </summary>
public static class ModelFit
{
    private const int LeastContext = 256;

    /// <param name="others">Rooms to name when this one is too small.</param>
    public static FitResult In(FitRoom? room, FitQuestion question, IReadOnlyList<FitRoom>? others = null)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (room is null)
            return new FitResult.Unknown("nobody knows the memory that is there");
        if (question.WeightBytes is not { } weights)
            return new FitResult.Unknown("the size of the model's weights is unknown");
        var figures = new FitFigures(room, question, Math.Clamp(weights, 0, FitQuestion.MaxBytes), question.CacheBytes(question.ContextTokens));
        var (tensor, pipeline, data) = Fixed(question);
        if (!room.IsAccelerator)
            return figures.PerAccelerator(1) <= room.UsableBytes ? new FitResult.Fits(figures, 1, 1, 1, 1) : Refusal(figures, 1, others);

        int mostTensor = (int)BitOperations.RoundUpToPowerOf2((uint)room.PerNode + 1) / 2;
        if (tensor is not null || pipeline is not null)
        {
            // Any of the three may be large, so their product is taken where it fits.
            long sharing = (long)(tensor ?? 1) * (pipeline ?? 1), nodes = (sharing * data + room.PerNode - 1) / room.PerNode;
            return nodes <= room.Nodes && Holds(figures, (int)sharing)
                ? new FitResult.Fits(figures, tensor ?? 1, pipeline ?? 1, data, (int)nodes)
                : Refusal(figures, (int)Math.Min(sharing, int.MaxValue), others, (int)Math.Min(nodes, int.MaxValue));
        }
        for (int t = 1; t <= mostTensor; t *= 2)
        {
            int nodes = (t * data + room.PerNode - 1) / room.PerNode;
            if (nodes <= room.Nodes && Holds(figures, t))
                return new FitResult.Fits(figures, t, 1, data, nodes);
        }
        for (int p = 2; p * data <= room.Nodes; p++)
        {
            if (Holds(figures, mostTensor * p))
                return new FitResult.Fits(figures, mostTensor, p, data, p * data);
        }
        return Refusal(figures, mostTensor * Math.Max(1, room.Nodes / data), others);
    }

    private static (int? Tensor, int? Pipeline, int Data) Fixed(FitQuestion question)
    {
        static int? Bounded(long? size) => size is { } set ? (int)Math.Clamp(set, 1, 1 << 16) : null;
        var wish = question.Parallelism;
        return (Bounded(wish?.TensorParallelSize), Bounded(wish?.PipelineParallelSize), Bounded(wish?.DataParallelSize) ?? 1);
    }

    private static bool Holds(FitFigures figures, int accelerators)
        => figures.PerAccelerator(accelerators) <= figures.Room.UsableBytes && Demanded(figures) <= (double)figures.Room.MemoryBytes * accelerators;

    /// <summary>What the runtime demands by the number of weights.</summary>
    private static double Demanded(FitFigures figures)
        => figures.Question is { MinBytesPerParameter: { } each, Parameters: { } count } ? each * count : 0;

    private static FitResult.TooLarge Refusal(FitFigures figures, int accelerators, IReadOnlyList<FitRoom>? others, int nodes = 1)
    {
        var (room, question) = (figures.Room, figures.Question);
        long capacity = (long)Int128.Min((Int128)accelerators * Math.Max(0, room.UsableBytes - room.OverheadBytes), FitQuestion.MaxBytes);
        long missing = Math.Max(figures.Weights + figures.Cache - capacity, (long)(Demanded(figures) - (double)room.MemoryBytes * accelerators));
        List<string> advice = [];
        if (nodes > room.Nodes)
            advice.Add($"{nodes} free nodes with {room.PerNode} accelerators each; there {(room.Nodes == 1 ? "is" : "are")} {room.Nodes}");
        if (LongestContext(question, capacity - figures.Weights) is >= LeastContext and var tokens && tokens < question.ContextTokens)
            advice.Add($"a context of {tokens} tokens instead of {question.ContextTokens} (spec.maxTokens of the model)");
        if (question.Parameters is > 0 and var count && capacity > figures.Cache
            && BitsPerWeight.NoMoreThan((capacity - figures.Cache) * 8.0 / count, figures.Weights * 8.0 / count) is { } smaller)
            advice.Add($"weights in {smaller}");
        if ((others ?? []).Where(o => o.Name != room.Name).Select(o => In(o, question)).OfType<FitResult.Fits>().FirstOrDefault() is { } elsewhere)
            advice.Add($"{elsewhere.Figures.Room.Name}{(elsewhere.Accelerators > 0 ? $", {elsewhere.Accelerators} of them" : "")}");
        double memory = (figures.Weights + figures.Cache + room.OverheadBytes) / FitRoom.UsableShare;
        advice.Add(room.IsAccelerator ? Invariant($"one accelerator with {FitRoom.Text(memory)}, or several that share it") : Invariant($"a machine with {FitRoom.Text(memory)} of memory, or an accelerator with as much"));
        return new FitResult.TooLarge(figures, accelerators, Math.Max(1, missing), advice);
    }

    /// <summary>The largest context whose keys and values take no more; 0: not even one token, or they do not matter.</summary>
    private static int LongestContext(FitQuestion question, long bytes)
    {
        int fits = 0, tooLong = question.ContextTokens;
        if (question.CacheBytes(1) == 0)
            return 0;
        while (tooLong - fits > 1)
        {
            int middle = fits + (tooLong - fits) / 2;
            if (question.CacheBytes(middle) <= bytes)
                fits = middle;
            else
                tooLong = middle;
        }
        return fits;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
