using System.Text.Json;
using Orrery.Resources.Models;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Runtimes;

/// <summary>One kind of model that a runtime can serve. Unset means any.</summary>
public sealed record SupportedModelFormat
{
    /// <summary>OME's older way to give the format's name.</summary>
    public string? Name { get; init; }

    /// <summary>OME's older way to give the format's version.</summary>
    public string? Version { get; init; }

    /// <summary>Format of the files.</summary>
    public FormatSpec? ModelFormat { get; init; }

    /// <summary>Library that the files were made with.</summary>
    public FormatSpec? ModelFramework { get; init; }

    /// <summary>As in config.json's <c>architectures</c>.</summary>
    public string? ModelArchitecture { get; init; }

    /// <summary>Further architectures, so that one entry says what OME needs an entry for each for. Either of the model's names counts: that of its class and its <c>model_type</c>.</summary>
    [ListSet]
    public IReadOnlyList<string>? ModelArchitectures { get; init; }

    /// <summary>OME's older way to give the architecture. Read where neither of the others is set.</summary>
    public string? ModelType { get; init; }

    /// <summary>How the weights are stored.</summary>
    public string? Quantization { get; init; }

    /// <summary>Further ways to store the weights, such as <c>gptq</c>, <c>fp8</c>, <c>BF16</c> or <c>Q8_0</c>.</summary>
    [ListSet]
    public IReadOnlyList<string>? Quantizations { get; init; }

    /// <summary>Parts of a diffusion model.</summary>
    public DiffusionPipeline? DiffusionPipeline { get; init; }

    /// <summary>False: only services that name the runtime get it.</summary>
    public bool? AutoSelect { get; init; }

    /// <summary>Counts against other runtimes that match too; more wins. Default 1.</summary>
    [Between(1, int.MaxValue)]
    public int? Priority { get; init; }

    /// <summary>What changes on an accelerator class, by its name.</summary>
    public IReadOnlyDictionary<string, AcceleratorModelConfig>? AcceleratorConfig { get; init; }

    /// <summary>The format's name from either field.</summary>
    public string? FormatName() => ModelFormat?.Name ?? Name;

    internal static IReadOnlyList<Rule> Rules { get; } =
    [
        Rule.For<SupportedModelFormat>(
            "has(self.modelFormat) || has(self.name)", f => f.ModelFormat is not null || f.Name is not null, "modelFormat", "must be set, for example {name: gguf}"),
    ];
}

/// <summary>How a format is run on one accelerator class.</summary>
public sealed record AcceleratorModelConfig
{
    /// <summary>GB of accelerator memory for each billion weights. OME never reads it; the check whether a model fits will.</summary>
    [Quantity]
    public JsonElement? MinMemoryPerBillionParams { get; init; }

    /// <summary>How the model is divided over accelerators.</summary>
    public ParallelismOverride? TensorParallelismOverride { get; init; }

    /// <summary>Arguments that replace those of the same name.</summary>
    public IReadOnlyList<string>? RuntimeArgsOverride { get; init; }

    /// <summary>Environment variables that replace those of the same name.</summary>
    public IReadOnlyDictionary<string, string>? EnvironmentOverride { get; init; }
}

/// <summary>Numbers of accelerators that share a model.</summary>
public sealed record ParallelismOverride
{
    /// <summary>Accelerators that share each layer.</summary>
    [AtLeast(1)]
    public long? TensorParallelSize { get; init; }

    /// <summary>Groups that hold successive layers.</summary>
    [AtLeast(1)]
    public long? PipelineParallelSize { get; init; }

    /// <summary>Copies that share the requests. OME never reads it; here it multiplies the accelerators of a replica.</summary>
    [AtLeast(1)]
    public long? DataParallelSize { get; init; }
}
