using Orrery.Control.Accelerators;
using Orrery.Control.Fitting;
using Orrery.Control.Places;
using Orrery.Control.Runtimes;
using Orrery.Resources;
using Orrery.Resources.Runtimes;
using Orrery.Resources.Serving;

namespace Orrery.Control.Serving;

/// <summary>What a service asks of runtimes and accelerators, for the controller and for explanations alike. Pure.</summary>
public static class ServiceQuestions
{
    /// <summary>On a service: the class that its runtime must be made for, as OME's <c>ome.io/accelerator-class</c>.</summary>
    public const string AcceleratorAnnotation = "orrery.dev/accelerator-class";

    public static SelectionQuestion Selection(Document service, InferenceServiceSpec spec, ModelFacts model, ServingPlace? place)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(spec);
        string?[] classes =
        [
            service.Metadata.Annotations?.GetValueOrDefault(AcceleratorAnnotation), spec.AcceleratorSelector?.AcceleratorClass,
            spec.Engine?.AcceleratorOverride?.AcceleratorClass, spec.Decoder?.AcceleratorOverride?.AcceleratorClass,
        ];
        return new SelectionQuestion(model, spec.Runtime) { AcceleratorClasses = [.. classes.OfType<string>().Distinct()], Place = place };
    }

    /// <summary>Where the engine has room: on accelerators when the runtime or the service asks for some, else in the machine's memory.</summary>
    public static RoomForModel Room(InferenceServiceSpec spec, ModelFacts model, RuntimeVerdict winner, ServingPlace? place)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return Room(Selector(spec, spec.Engine), model, winner, place, FitQuestion.Of(model));
    }

    /// <param name="asked">Context and sequences.</param>
    public static RoomForModel Room(AcceleratorSelector? selector, ModelFacts model, RuntimeVerdict winner, ServingPlace? place, FitQuestion asked)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(winner);
        var question = new AcceleratorQuestion(
            winner.Runtime.Spec.AcceleratorRequirements, selector, name => asked.With(winner.Format?.Format.AcceleratorConfig?.GetValueOrDefault(name)));
        if (!question.IsAny)
        {
            var room = place?.MemoryBytes is { } bytes ? FitRoom.Memory(bytes) : null;
            return new RoomForModel(ModelFit.In(room, asked, [.. (place?.Accelerators ?? []).Select(FitRoom.Of).OfType<FitRoom>()]), null);
        }
        return place?.Accelerators is { } offers
            ? new RoomForModel(null, AcceleratorChoice.Choose(question, offers))
            : new RoomForModel(new FitResult.Unknown("nobody looked which accelerators are here"), null);
    }

    // What the component says goes before what the service says of all of them.
    public static AcceleratorSelector? Selector(InferenceServiceSpec spec, ComponentSpec? component)
        => (component?.AcceleratorOverride, spec.AcceleratorSelector) switch
        {
            ({ } own, { } shared) => new AcceleratorSelector
            {
                AcceleratorClass = own.AcceleratorClass ?? shared.AcceleratorClass, Constraints = own.Constraints ?? shared.Constraints, Policy = own.Policy ?? shared.Policy,
            },
            (var own, var shared) => own ?? shared,
        };
}

/// <summary>Where a model goes, or why it cannot.</summary>
/// <param name="Accelerators">Null: it goes to main memory, or nobody knows.</param>
public sealed record RoomForModel(FitResult? Memory, AcceleratorDecision? Accelerators)
{
    public FitResult? Fit => Accelerators switch
    {
        AcceleratorDecision.Chosen chosen => chosen.Fit,
        AcceleratorDecision.None none => none.Fit,
        _ => Memory,
    };

    public bool HasRoom => Accelerators is not AcceleratorDecision.None && Fit is not FitResult.TooLarge;

    public SelectedAccelerator? Selected => Accelerators is AcceleratorDecision.Chosen chosen
        ? new SelectedAccelerator { AcceleratorClass = chosen.Offer.ClassName, Reason = chosen.Reason, Count = chosen.Fit is FitResult.Fits fits ? fits.Accelerators : 1 }
        : null;

    /// <summary>What the decisive format sets for the chosen class.</summary>
    public AcceleratorModelConfig? Config(RuntimeVerdict winner)
    {
        ArgumentNullException.ThrowIfNull(winner);
        return Accelerators is AcceleratorDecision.Chosen chosen ? winner.Format?.Format.AcceleratorConfig?.GetValueOrDefault(chosen.Offer.ClassName) : null;
    }

    public Condition Condition => (Accelerators, Fit) switch
    {
        (AcceleratorDecision.None none, _) => Conditions.False(ServiceConditions.ModelFits, ServiceConditions.NoAccelerator, none.Message),
        (_, FitResult.TooLarge missing) => Conditions.False(ServiceConditions.ModelFits, ServiceConditions.DoesNotFit, $"the model does not fit: {missing}"),
        (_, FitResult.Fits fits) => Conditions.True(ServiceConditions.ModelFits, "Fits", (Selected is { } selected ? $"{selected.AcceleratorClass}: " : "") + fits),
        (_, var unknown) => Conditions.True(ServiceConditions.ModelFits, "Unchecked", unknown?.ToString() ?? ""),
    };
}
