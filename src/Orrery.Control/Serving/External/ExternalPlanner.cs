using Orrery.Control.Serving.Stages;
using Orrery.Resources;
using Orrery.Resources.Serving;

namespace Orrery.Control.Serving.External;

/// <summary>Plans a service whose server runs elsewhere: nothing is started, and it is ready when that server answers. Pure.</summary>
internal static class ExternalPlanner
{
    /// <summary>On a service, as OME's <c>ome.io/deploymentMode</c>.</summary>
    public const string ModeAnnotation = "orrery.dev/deploymentMode";

    /// <summary>OME's word for it.</summary>
    public const string Virtual = "VirtualDeployment";

    public static bool Takes(ServiceObservation seen)
        => seen.Service.Spec.External is not null || seen.Document.Metadata.Annotations?.GetValueOrDefault(ModeAnnotation) == Virtual;

    /// <summary>What to ask the server; null: there is nothing to ask, or not with which key.</summary>
    public static ExternalQuestion? Question(Document service, InferenceServiceSpec spec, IReadOnlyDictionary<string, ObservedSecret> secrets)
        => spec.External is { } endpoint && Key(service, endpoint, secrets)?.Status != "False"
            ? new ExternalQuestion(
                service.Metadata.Namespace!, endpoint, endpoint.Model ?? service.Metadata.Name!, endpoint.ApiKey?.Name is { } name ? secrets.GetValueOrDefault(name)?.Version : null)
            : null;

    public static IReadOnlyList<Condition> Conditions(ServiceObservation seen)
    {
        const string Type = ServiceConditions.ExternalReady;
        if (seen.Service.Spec.External is not { } endpoint)
        {
            return [Resources.Conditions.False(
                Type, ServiceConditions.NoEndpoint, $"annotation {ModeAnnotation} is {Virtual}, so nothing is started, and spec.external is not set; set spec.external.url, or remove the annotation")];
        }
        var key = Key(seen.Document, endpoint, seen.Secrets);
        IReadOnlyList<Condition> before = key is null ? [] : [key];
        return
        [
            .. before,
            key?.Status == "False" ? Resources.Conditions.Unknown(Type, "Waiting", $"{endpoint.Url} is asked once its key is there") : seen.External switch
            {
                null => Resources.Conditions.Unknown(Type, "Asking", $"waits for the first answer of {endpoint.Url}"),
                ExternalAnswer.Answers { Note: { } note } => Resources.Conditions.True(Type, "AnswersWithNote", $"{endpoint.Url} answers; {note}"),
                ExternalAnswer.Fails fails => Resources.Conditions.False(Type, fails.Reason, fails.Message),
                _ => Resources.Conditions.True(Type, "Answers", $"{endpoint.Url} answers"),
            },
        ];
    }

    private static Condition? Key(Document service, ExternalEndpoint endpoint, IReadOnlyDictionary<string, ObservedSecret> secrets)
        => endpoint.ApiKey is { Name: { } name, Key: { } key }
            ? SecretsStage.Of([new NamedSecret("spec.external.apiKey", name, key, endpoint.ApiKey.Optional == true)], secrets, service.Metadata.Namespace) : null;
}
