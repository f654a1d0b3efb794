using System.Collections.Frozen;

namespace Orrery.Resources.Serving;

/// <summary>Condition types of an InferenceService beside Ready, and the reasons that others than people act on.</summary>
public static class ServiceConditions
{
    /// <summary>True; its message names fields of the spec that nothing heeds yet.</summary>
    public const string Accepted = "Accepted";

    public const string ModelResolved = "ModelResolved";
    public const string RuntimeSelected = "RuntimeSelected";
    public const string ModelFits = "ModelFits";

    /// <summary>Only where the service names weights.</summary>
    public const string WeightsReady = "WeightsReady";

    /// <summary>Only where a variable of a component names a Secret.</summary>
    public const string SecretsResolved = "SecretsResolved";

    /// <summary>Whether its replicas may be in the memory that all share.</summary>
    public const string MemoryGranted = "MemoryGranted";

    public const string EngineReady = "EngineReady";
    public const string DecoderReady = "DecoderReady";
    public const string RouterReady = "RouterReady";

    /// <summary>Only of a service whose server runs elsewhere. False: it did not answer when it was last asked.</summary>
    public const string ExternalReady = "ExternalReady";

    public const string ModelNotFound = "ModelNotFound";
    public const string ModelDisabled = "ModelDisabled";
    public const string ModelArriving = "ModelArriving";
    public const string ModelNotReady = "ModelNotReady";
    public const string WeightsNotFound = "FineTunedWeightsNotFound";
    public const string WeightsDisabled = "FineTunedWeightsDisabled";
    public const string WeightsDeprecated = "FineTunedWeightsDeprecated";
    public const string WeightsNotReady = "FineTunedWeightsNotReady";
    public const string WeightsArriving = "FineTunedWeightsArriving";
    public const string WeightsWrongBase = "FineTunedWeightsWrongBase";
    public const string WeightsMerged = "FineTunedWeightsMerged";
    public const string WeightsNotSupported = "FineTunedWeightsNotSupported";
    public const string NoRuntime = "NoRuntime";
    public const string DoesNotFit = "DoesNotFit";
    public const string NoAccelerator = "NoAccelerator";
    public const string WorkloadRefused = "WorkloadRefused";
    public const string SecretMissing = "SecretMissing";
    public const string InvalidSpec = "InvalidSpec";
    public const string NoContainers = "ContainersDoNotRunHere";
    public const string LargerThanBudget = "TooLarge";

    /// <summary>What is to serve is an earlier revision, whose model files were removed since.</summary>
    public const string ModelFilesGone = "ModelFilesGone";

    /// <summary>Of <see cref="MemoryGranted"/>, and worth waiting for: others make room.</summary>
    public const string WaitingForMemory = "WaitingForMemory";

    /// <summary>Of <see cref="MemoryGranted"/>: the next request brings it back.</summary>
    public const string Evicted = "Evicted";

    public const string NoEndpoint = "NoExternalEndpoint";

    private static readonly FrozenSet<string> Blocking = FrozenSet.Create(
        StringComparer.Ordinal,
        ModelNotFound, ModelDisabled, WeightsNotFound, WeightsDisabled, WeightsWrongBase, WeightsMerged, WeightsNotSupported, NoRuntime, DoesNotFit, NoAccelerator,
        WorkloadRefused, SecretMissing, InvalidSpec, NoContainers, NoEndpoint, LargerThanBudget, ModelFilesGone);

    /// <summary>Why no replica will come however long one waits, until somebody changes something; null: one may come.</summary>
    public static string? Blocked(InferenceService service)
        => service.Status is { } status && status.ObservedGeneration == service.Metadata.Generation
            ? status.Conditions?.FirstOrDefault(c => c.Status == "False" && Blocking.Contains(c.Reason))?.Message
            : null;
}
