using System.Collections.Immutable;

namespace Orrery.Models.Understanding;

/// <summary>A diffusion model, as its <c>model_index.json</c> names its parts.</summary>
/// <param name="ClassName">Of the pipeline: <c>FluxPipeline</c>.</param>
/// <param name="Parts">By folder: <c>transformer</c>, <c>vae</c>, <c>scheduler</c>.</param>
public sealed record PipelineParts(string ClassName, ImmutableSortedDictionary<string, PipelinePart> Parts);

/// <param name="Library">That has the class: <c>diffusers</c>.</param>
/// <param name="Type">Name of the class.</param>
/// <param name="Parameters">Counted in its files; 0 where it has none.</param>
public sealed record PipelinePart(string Library, string Type, long Parameters);
