using Orrery.Control.Fitting;
using Orrery.Control.Places;
using Orrery.Control.Runtimes;
using Orrery.Control.Serving;
using Orrery.Resources;
using Orrery.Resources.Serving;

namespace Orrery.Cli.Explaining;

/// <summary>What a decision is explained from: the objects as the server has them.</summary>
/// <param name="Runtimes">As written; what they inherit is looked up here.</param>
internal sealed record ExplanationInput(ObservedModel Model, IReadOnlyList<RuntimeCandidate> Runtimes, ServingPlace? Place)
{
    /// <summary>Null: the model alone is asked about.</summary>
    public InferenceService? Service { get; init; }

    /// <summary>A runtime that the person asks about. Null: as the service says.</summary>
    public string? Runtime { get; init; }

    public int? ContextTokens { get; init; }

    public int? Sequences { get; init; }
}

/// <summary>A runtime that was considered, and how the model would fit where it runs. Null where it cannot serve the model at all.</summary>
internal sealed record ExplainedCandidate(RuntimeVerdict Verdict, RoomForModel? Room);

/// <summary>A decision with everything that went into it, made by the functions that the controllers decide with. Pure.</summary>
/// <param name="Winner">Null: no runtime will do.</param>
/// <param name="Others">In their order.</param>
internal sealed record Explanation(
    ObservedModel Model, ModelFacts Facts, FitQuestion Question, RuntimeReference? Asked, string? Problem, ExplainedCandidate? Winner, IReadOnlyList<ExplainedCandidate> Others)
{
    public static Explanation Of(ExplanationInput input)
    {
        var facts = ModelFacts.Of(input.Model);
        var spec = input.Service?.Spec ?? new InferenceServiceSpec();
        if (input.Runtime is { } named)
            spec = spec with { Runtime = new RuntimeReference { Name = named } };
        var document = Document.From(input.Service ?? new InferenceService { Metadata = new Metadata { Name = input.Model.Name } });
        var decision = RuntimeSelection.Choose(ServiceQuestions.Selection(document, spec, facts, input.Place), RuntimeInheritance.Resolve(input.Runtimes));
        var question = FitQuestion.Of(facts, input.ContextTokens, input.Sequences);
        RoomForModel Room(RuntimeVerdict verdict) => ServiceQuestions.Room(ServiceQuestions.Selector(spec, spec.Engine), facts, verdict, input.Place, question);

        return new Explanation(
            input.Model, facts, question, spec.Runtime, (decision as RuntimeDecision.None)?.Message,
            decision is RuntimeDecision.Chosen chosen ? new ExplainedCandidate(chosen.Winner, Room(chosen.Winner)) : null,
            [.. decision.Others.Select(o => new ExplainedCandidate(o, o.Fits ? Room(o) : null))]);
    }
}
