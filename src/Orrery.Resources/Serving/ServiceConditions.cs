namespace Orrery.Resources.Serving;

/// <summary>Condition types of an InferenceService beside Ready, and the reasons that others than people act on.</summary>
public static class ServiceConditions
{
    /// <summary>True; its message names fields of the spec that nothing heeds yet.</summary>
    public const string Accepted = "Accepted";

    public const string ModelResolved = "ModelResolved";
    public const string RuntimeSelected = "RuntimeSelected";
    public const string ModelFits = "ModelFits";
    public const string EngineReady = "EngineReady";
    public const string DecoderReady = "DecoderReady";
    public const string RouterReady = "RouterReady";

    /// <summary>False: the server that runs elsewhere did not answer when it was last asked.</summary>
    public const string ExternalReady = "ExternalReady";

    public const string ModelNotFound = "ModelNotFound";
    public const string ModelDisabled = "ModelDisabled";
    public const string WeightsNotSupported = "WeightsNotSupported";
    public const string NoRuntime = "NoRuntime";
    public const string DoesNotFit = "DoesNotFit";
    public const string NoAccelerator = "NoAccelerator";
    public const string WorkloadRefused = "WorkloadRefused";

    /// <summary>Why no replica will come however long one waits, until somebody changes something; null: one may come.</summary>
    public static string? Blocked(InferenceService service)
        => service.Status is { } status && status.ObservedGeneration == service.Metadata.Generation
            ? status.Conditions?.FirstOrDefault(c => c is
            {
                Status: "False", Reason: ModelNotFound or ModelDisabled or WeightsNotSupported or NoRuntime or DoesNotFit or NoAccelerator or WorkloadRefused,
            })?.Message
            : null;
}
