using Orrery.Control.Runtimes;
using Orrery.Resources.Models;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Text;

namespace Orrery.Control.Fitting;

/// <summary>What has to fit: a model, and the sequences that one replica should be able to hold at the least.</summary>
public sealed record FitQuestion
{
    /// <summary>Tokens of a sequence where nobody asks for more; what our own engine takes by default.</summary>
    public const int DefaultContextTokens = 8192;

    /// <summary>More than anybody has. Names and specs may say any number; sums of a few of these still are numbers.</summary>
    internal const long MaxBytes = long.MaxValue / 4;

    /// <summary>Of all weights with their scales. Null: unknown.</summary>
    public long? WeightBytes { get; init; }

    /// <summary>True: from the number of weights, since no file was measured.</summary>
    public bool IsEstimated { get; init; }

    /// <summary>Number of weights. Null: unknown.</summary>
    public double? Parameters { get; init; }

    /// <summary>What a sequence keeps. Null: unknown, or nothing.</summary>
    public ModelKvCache? KvCache { get; init; }

    public int ContextTokens { get; init; } = DefaultContextTokens;

    public int Sequences { get; init; } = 1;

    /// <summary>What a runtime demands for an accelerator class: bytes of accelerator memory for each weight.</summary>
    public double? MinBytesPerParameter { get; init; }

    /// <summary>What a runtime fixes for an accelerator class. Null: the fit decides.</summary>
    public ParallelismOverride? Parallelism { get; init; }

    /// <summary>Bytes that all sequences keep at a length. Layers with a window keep no more than the window.</summary>
    public long CacheBytes(int tokens)
    {
        if (KvCache is not { } cache)
            return 0;
        long windowed = cache.WindowTokens is null ? 0 : cache.WindowedBytesPerToken ?? 0;
        Int128 each = ((Int128)(cache.BytesPerToken ?? 0) - windowed) * tokens + (Int128)windowed * Math.Min(tokens, cache.WindowTokens ?? 0) + (cache.StateBytes ?? 0);
        return (long)Int128.Clamp(each * Sequences, 0, MaxBytes);
    }

    /// <param name="contextTokens">Null: the model's own, but no more than <see cref="DefaultContextTokens"/>.</param>
    public static FitQuestion Of(ModelFacts model, int? contextTokens = null, int? sequences = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        long? estimate = model.Parameters is { } count ? (long)Math.Min(count * BitsPerWeight.Of(model.Quantization) / 8, MaxBytes) : null;
        return new FitQuestion
        {
            WeightBytes = model.WeightBytes ?? estimate,
            IsEstimated = model.WeightBytes is null && estimate is not null,
            Parameters = model.Parameters,
            KvCache = model.KvCache,
            ContextTokens = contextTokens ?? Math.Min(model.ContextTokens ?? DefaultContextTokens, DefaultContextTokens),
            Sequences = sequences ?? 1,
        };
    }

    /// <summary>As the decisive format of a runtime asks for on an accelerator class.</summary>
    public FitQuestion With(AcceleratorModelConfig? config) => config is null ? this : this with
    {
        // GB for each billion is bytes for each one.
        MinBytesPerParameter = Quantities.Parse(config.MinMemoryPerBillionParams),
        Parallelism = config.TensorParallelismOverride,
    };
}
