using Orrery.Resources.Models;

namespace Orrery.Control.Runtimes;

/// <summary>A diffusion model's parts against those that a runtime asks for; a part that the runtime leaves out may be any. Pure.</summary>
internal static class PipelinePredicates
{
    /// <returns>Whether the model is known to have all that is asked for.</returns>
    public static bool Judge(ref List<Finding>? findings, DiffusionPipeline wanted, ModelFacts model)
    {
        if (model.Pipeline is not { } actual)
        {
            // A model whose architecture is known is one without a pipeline; of any other nothing can be said.
            FormatPredicates.Add(ref findings, model.Architecture is not null || model.ModelType is not null
                ? new Finding("diffusion pipeline", FindingKind.Differs, wanted.ClassName ?? "diffusion pipelines", "none")
                : new Finding("diffusion pipeline", FindingKind.Unchecked, wanted.ClassName ?? "diffusion pipelines"));
            return false;
        }
        int before = findings?.Count ?? 0;
        FormatPredicates.Word(ref findings, "diffusion pipeline", wanted.ClassName, actual.ClassName);
        Part(ref findings, "scheduler", wanted.Scheduler, actual.Scheduler);
        Part(ref findings, "textEncoder", wanted.TextEncoder, actual.TextEncoder);
        Part(ref findings, "tokenizer", wanted.Tokenizer, actual.Tokenizer);
        Part(ref findings, "transformer", wanted.Transformer, actual.Transformer);
        Part(ref findings, "vae", wanted.Vae, actual.Vae);
        foreach (var (name, part) in wanted.AdditionalComponents ?? new Dictionary<string, PipelineComponent>())
            Part(ref findings, name, part, actual.AdditionalComponents?.GetValueOrDefault(name));
        return (findings?.Count ?? 0) == before;
    }

    private static void Part(ref List<Finding>? findings, string name, PipelineComponent? wanted, PipelineComponent? actual)
    {
        if (wanted is null)
            return;
        if (actual is null)
        {
            FormatPredicates.Add(ref findings, new Finding(name, FindingKind.Differs, wanted.Type ?? wanted.Library ?? "any", "none"));
            return;
        }
        FormatPredicates.Word(ref findings, $"{name} library", wanted.Library, actual.Library);
        FormatPredicates.Word(ref findings, $"{name} type", wanted.Type, actual.Type);
    }
}
