namespace Orrery.Resources.Models;

/// <summary>Parts of a diffusion model, as its model_index.json names them. In a runtime an unset part means any.</summary>
public sealed record DiffusionPipeline
{
    /// <summary>Class of the pipeline.</summary>
    public string? ClassName { get; init; }

    /// <summary>Steps of the denoising.</summary>
    public PipelineComponent? Scheduler { get; init; }

    /// <summary>Turns tokens into conditions.</summary>
    public PipelineComponent? TextEncoder { get; init; }

    /// <summary>Turns text into tokens.</summary>
    public PipelineComponent? Tokenizer { get; init; }

    /// <summary>The network that denoises.</summary>
    public PipelineComponent? Transformer { get; init; }

    /// <summary>Turns latents into pictures.</summary>
    public PipelineComponent? Vae { get; init; }

    /// <summary>Other parts by name.</summary>
    public IReadOnlyDictionary<string, PipelineComponent>? AdditionalComponents { get; init; }
}

/// <summary>One part of a diffusion model.</summary>
public sealed record PipelineComponent
{
    /// <summary>Library that has the class.</summary>
    public string? Library { get; init; }

    /// <summary>Name of the class.</summary>
    public string? Type { get; init; }
}
