using Orrery.Control.Serving.Components;
using Orrery.Resources;
using Orrery.Resources.Models;
using Orrery.Resources.Serving;

namespace Orrery.Control.Serving.Stages;

/// <summary>Weights that are here and go with the model.</summary>
internal sealed record WeightToServe(string Name, string Path, long? Bytes);

/// <summary>Whether every FineTunedWeight that a service names can be served beside its model. Pure.</summary>
internal static class WeightsStage
{
    private const int MaxNamed = 5;
    private const string Type = ServiceConditions.WeightsReady;

    /// <param name="takesWeights">The process can be told of them.</param>
    /// <returns>Null weights: not all can be served. Null condition: the service names none.</returns>
    public static (IReadOnlyList<WeightToServe>? Weights, Condition? Condition) Of(ServiceObservation seen, bool takesWeights)
    {
        if (seen.Service.Spec.Model?.FineTunedWeights is not { Count: > 0 } names)
            return ([], null);
        if (!takesWeights)
        {
            return (null, Conditions.False(
                Type, ServiceConditions.WeightsNotSupported,
                "spec.model.fineTunedWeights: the chosen runtime cannot be told of weights, since its process has no weightArgs; name a runtime that has, or remove the weights"));
        }
        var judged = names.Select(n => Judge(n, seen.Weights.GetValueOrDefault(n), seen)).ToList();
        var wrong = judged.Where(j => j.Status != "True").ToList();
        if (wrong.Count == 0)
        {
            var told = judged.Find(j => j.Reason != "Ready");
            return ([.. names.Select(n => seen.Weights[n]).Select(w => new WeightToServe(w.Metadata.Name!, w.Status!.Path!, w.Status.SizeBytes ?? w.Status.WeightBytes))],
                Conditions.True(Type, told?.Reason ?? "WeightsReady", told?.Message ?? $"{string.Join(", ", names.Take(MaxNamed))}{(names.Count > MaxNamed ? $" and {names.Count - MaxNamed} more" : "")}"));
        }
        // What cannot come by waiting goes first.
        var first = wrong.Find(w => w.Status == "False") ?? wrong[0];
        string rest = wrong.Count > MaxNamed ? $"; and {wrong.Count - MaxNamed} more" : "";
        return (null, first with { Message = string.Join("; ", wrong.OrderBy(w => w != first).Take(MaxNamed).Select(w => w.Message)) + rest });
    }

    /// <summary>What replicas call the weights. While nothing can be planned it is what was said before.</summary>
    /// <returns>Null: there are none, or they go by their own names.</returns>
    public static IReadOnlyList<ServedWeight>? Served(ServiceObservation seen, ServiceStages stages)
    {
        if (stages.Ground is not { } ground)
            return seen.Service.Status?.Weights;
        var process = ComponentForm.Of(ComponentRole.Engine, ComponentRole.Engine.Asked(seen.Service.Spec)!, ground.Runtime.Runtime.Spec).Process;
        if (process?.WeightModel is not { } name || ground.Weights.Count == 0)
            return null;
        var texts = new Placeholders(new Dictionary<string, string> { ["MODEL_NAME"] = ground.Model.Name }, new Dictionary<string, IReadOnlyList<string>>());
        return [.. ground.Weights.Select(w => new ServedWeight { Name = w.Name, Model = texts.With("WEIGHT_NAME", w.Name).Fill(name) })];
    }

    private static Condition Judge(string name, FineTunedWeight? weight, ServiceObservation seen)
    {
        string named = $"FineTunedWeight '{name}'";
        if (weight is null)
            return Conditions.False(Type, ServiceConditions.WeightsNotFound, $"spec.model.fineTunedWeights: no {named} in namespace '{seen.Document.Metadata.Namespace}'");
        if (weight.Spec.Disabled == true)
            return Conditions.False(Type, ServiceConditions.WeightsDisabled, $"{named} has spec.disabled: true");
        if (!IsOf(seen.Model!, weight.Spec.BaseModelRef, seen.Document.Metadata.Namespace))
        {
            return Conditions.False(
                Type, ServiceConditions.WeightsWrongBase,
                $"{named} changes '{weight.Spec.BaseModelRef?.Name}'{(weight.Spec.BaseModelRef?.Namespace is { } ns ? $" of namespace '{ns}'" : "")}, and the service serves {seen.Model!.Kind} '{seen.Model.Name}'");
        }
        if (weight.Spec.Configuration is { ValueKind: System.Text.Json.JsonValueKind.Object } said && said.TryGetProperty("merged_weights", out var merged) && merged.ValueKind == System.Text.Json.JsonValueKind.True)
            return Conditions.False(Type, ServiceConditions.WeightsMerged, $"{named} holds the base model too (configuration.merged_weights); name its files as a BaseModel and serve that");
        return weight.Status switch
        {
            { State: "Ready", Path: not null, Lifecycle: "Deprecated" } => Conditions.True(Type, ServiceConditions.WeightsDeprecated, $"{named}: its provider says that it is deprecated"),
            { State: "Ready", Path: not null } => Conditions.True(Type, "Ready"),
            null or { State: null } => Conditions.Unknown(Type, ServiceConditions.WeightsArriving, $"{named} was not looked at yet"),
            { State: "In_Transit" } => Conditions.Unknown(Type, ServiceConditions.WeightsArriving, $"{named} is on its way"),
            var status => Conditions.False(Type, ServiceConditions.WeightsNotReady, $"{named}: {status.Conditions.Find(Conditions.Ready)?.Message ?? status.State}"),
        };
    }

    private static bool IsOf(ObservedModel model, BaseModelReference? wanted, string? ns)
        => wanted?.Name == model.Name && (wanted.Namespace is not { Length: > 0 } || (model.Kind == "BaseModel" && wanted.Namespace == ns));
}
