using System.Globalization;
using Orrery.Resources.Serving;

namespace Orrery.Control.Fitting;

/// <summary>The figures of a fit, in bytes.</summary>
/// <param name="Weights">All of them.</param>
/// <param name="Cache">Keys and values of all sequences.</param>
public sealed record FitFigures(FitRoom Room, FitQuestion Question, long Weights, long Cache)
{
    /// <summary>For people: what is added up, and what it is held against.</summary>
    public string Arithmetic(int accelerators)
    {
        string cache = Question.KvCache?.BytesPerToken is { } each
            ? string.Create(CultureInfo.InvariantCulture, $"{FitRoom.Text(Cache)} of keys and values ({each} B × {Question.ContextTokens} tokens × {Question.Sequences}{(Question.KvCache.WindowTokens is { } window ? $", a part of it for {window} tokens at most" : "")})")
            : "keys and values, which are not known";
        string sum = $"{FitRoom.Text(Weights)} of weights{(Question.IsEstimated ? " (estimated)" : "")} + {cache}";
        return Room.IsAccelerator
            ? $"({sum}) / {accelerators} + {FitRoom.Text(Room.OverheadBytes)} of overhead = {FitRoom.Text(PerAccelerator(accelerators))} on each; {FitRoom.Text(Room.UsableBytes)} of {FitRoom.Text(Room.MemoryBytes)} may be used"
            : $"{sum} + {FitRoom.Text(Room.OverheadBytes)} of overhead = {FitRoom.Text(PerAccelerator(1))}; {FitRoom.Text(Room.UsableBytes)} of {FitRoom.Text(Room.MemoryBytes)} may be used";
    }

    public long PerAccelerator(int accelerators) => (Weights + Cache) / accelerators + Room.OverheadBytes;
}

/// <summary>Whether a model has room somewhere.</summary>
public abstract record FitResult
{
    /// <param name="Tensor">Accelerators that share each layer.</param>
    /// <param name="Pipeline">Groups that hold successive layers.</param>
    /// <param name="Data">Copies that share the requests.</param>
    public sealed record Fits(FitFigures Figures, int Tensor, int Pipeline, int Data, int Nodes) : FitResult
    {
        /// <summary>Of one replica; 0 in main memory.</summary>
        public int Accelerators => Figures.Room.IsAccelerator ? Tensor * Pipeline * Data : 0;

        public override string ToString() => Figures.Arithmetic(Tensor * Pipeline)
            + (Figures.Room.IsAccelerator ? $"; tensor parallel {Tensor}, pipeline parallel {Pipeline}{(Data > 1 ? $", data parallel {Data}" : "")}, {Nodes} node{(Nodes == 1 ? "" : "s")}" : "");
    }

    /// <param name="Missing">By so many bytes it does not fit, over all accelerators at the best.</param>
    /// <param name="Advice">What would make it fit, the smallest change first.</param>
    public sealed record TooLarge(FitFigures Figures, int Accelerators, long Missing, IReadOnlyList<string> Advice) : FitResult
    {
        public override string ToString()
            => $"{Missing / (double)(1L << 30):0.0#} GiB are missing on {Figures.Room.Name}: {Figures.Arithmetic(Accelerators)}" + (Advice.Count == 0 ? "" : $". What would fit: {string.Join("; ", Advice)}");
    }

    /// <summary>Nobody can tell.</summary>
    public sealed record Unknown(string Why) : FitResult
    {
        public override string ToString() => Why;
    }

    /// <summary>For a status. Null: nothing is known.</summary>
    public FitStatus? Status() => this switch
    {
        Fits fits => Of(fits.Figures) with
        {
            TensorParallelSize = fits.Accelerators == 0 ? null : fits.Tensor,
            PipelineParallelSize = fits.Accelerators == 0 ? null : fits.Pipeline,
            Nodes = fits.Accelerators == 0 ? null : fits.Nodes,
        },
        TooLarge missing => Of(missing.Figures) with { MissingBytes = missing.Missing },
        _ => null,
    };

    private static FitStatus Of(FitFigures figures) => new()
    {
        On = figures.Room.Name,
        WeightBytes = figures.Weights,
        CacheBytes = figures.Cache,
        OverheadBytes = figures.Room.OverheadBytes,
        UsableBytes = figures.Room.UsableBytes,
    };
}
