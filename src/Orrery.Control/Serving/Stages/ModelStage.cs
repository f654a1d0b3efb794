using Orrery.Resources;
using Orrery.Resources.Models;
using Orrery.Resources.Serving;

namespace Orrery.Control.Serving.Stages;

/// <summary>A model that is here and understood.</summary>
/// <param name="Capabilities">As the model's spec has them, else as its files do; empty: it completes text.</param>
/// <param name="Bytes">Of its weights; null: unknown.</param>
internal sealed record ModelToServe(string Name, string Path, IReadOnlyList<string> Capabilities, long? Bytes);

/// <summary>Whether the model that a service names can be served. Pure.</summary>
internal static class ModelStage
{
    private const string Deprecated = "Deprecated";
    private const string Type = ServiceConditions.ModelResolved;

    public static (ModelToServe? Model, Condition Condition) Of(ModelReference? asked, ObservedModel? model)
    {
        if (model is null)
        {
            return (null, Conditions.False(
                Type, ServiceConditions.ModelNotFound, $"spec.model: no {asked?.Kind ?? "model"} '{asked?.Name}'; `orrery get models -A` lists those that are there"));
        }
        string name = $"{model.Kind} '{model.Name}'";
        if (model.Spec.Disabled == true)
            return (null, Conditions.False(Type, ServiceConditions.ModelDisabled, $"spec.model: {name} has spec.disabled: true"));
        if (model.Status is not { State: "Ready", Path: { } path })
            return (null, NotYet(name, model.Status));

        var served = new ModelToServe(
            model.Name, path, model.Spec.ModelCapabilities is { Count: > 0 } said ? said : model.Status.Capabilities ?? [], model.Status.SizeBytes ?? model.Status.WeightBytes);
        return (served, model.Status.Lifecycle == Deprecated
            ? Conditions.True(Type, FailureReasons.BaseModelDeprecated, $"{name}; its provider says that it is deprecated")
            : Conditions.True(Type, "ModelReady", name));
    }

    // Without figures: they change every few seconds, and stand in the model's own status.
    private static Condition NotYet(string name, ModelStatus? status) => status switch
    {
        null => Conditions.Unknown(Type, "Waiting", $"{name} was not looked at yet"),
        { State: "In_Transit" } => Conditions.Unknown(Type, ServiceConditions.ModelArriving, $"{name} is on its way; `orrery models` shows how far"),
        _ => Conditions.False(Type, ServiceConditions.ModelNotReady, $"{name}: {status.Conditions.Find(Conditions.Ready)?.Message ?? status.State}"),
    };
}
