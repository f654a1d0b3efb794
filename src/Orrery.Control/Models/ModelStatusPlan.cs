using Orrery.Resources;
using Orrery.Resources.Models;

namespace Orrery.Control.Models;

/// <summary>What the status of a model says of what its files were found to be. Pure.</summary>
public static class ModelStatusPlan
{
    public static ModelStatus For(ModelInspection inspection, ModelStatus? before, long? generation, DateTimeOffset now) => inspection switch
    {
        ModelInspection.Understood understood => understood.Found with
        {
            State = "Ready",
            ObservedGeneration = generation,
            Conditions = Conditions.Stamp(before?.Conditions, [Conditions.True(Conditions.Ready, "FilesUnderstood")], generation, now),
        },
        ModelInspection.Missing missing => Failed(
            "FileNotFound", $"spec.storage.storageUri: no file at '{missing.Path}'; put it there or correct the address", before, generation, now),
        ModelInspection.Broken broken => Failed("InvalidModelFile", broken.Message, before, generation, now),
        _ => throw new ArgumentOutOfRangeException(nameof(inspection)),
    };

    private static ModelStatus Failed(string reason, string message, ModelStatus? before, long? generation, DateTimeOffset now) => new()
    {
        State = "Failed",
        ObservedGeneration = generation,
        Conditions = Conditions.Stamp(before?.Conditions, [Conditions.False(Conditions.Ready, reason, message)], generation, now),
    };
}
