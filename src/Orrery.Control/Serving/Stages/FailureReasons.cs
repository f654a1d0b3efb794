namespace Orrery.Control.Serving.Stages;

/// <summary>OME's words for why a model is not served, as <c>status.modelStatus.lastFailureInfo.reason</c> has them.</summary>
internal static class FailureReasons
{
    public const string ModelLoadFailed = "ModelLoadFailed";
    public const string RuntimeUnhealthy = "RuntimeUnhealthy";
    public const string RuntimeDisabled = "RuntimeDisabled";
    public const string NoSupportingRuntime = "NoSupportingRuntime";
    public const string RuntimeNotRecognized = "RuntimeNotRecognized";
    public const string InvalidPredictorSpec = "InvalidPredictorSpec";
    public const string InvalidRouterSpec = "InvalidRouterSpec";
    public const string BaseModelNotFound = "BaseModelNotFound";
    public const string BaseModelNotReady = "BaseModelNotReady";
    public const string BaseModelDisabled = "BaseModelDisabled";
    public const string BaseModelDeprecated = "BaseModelDeprecated";
    public const string FineTunedWeightsNotFound = "FineTunedWeightsNotFound";
    public const string FineTunedWeightsDisabled = "FineTunedWeightsDisabled";
    public const string FineTunedWeightsDeprecated = "FineTunedWeightsDeprecated";
    public const string FineTuneWeightLoadFailed = "FineTuneWeightLoadFailed";
}
