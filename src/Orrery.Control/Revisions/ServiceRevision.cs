using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Resources;
using Orrery.Resources.Serving;
using Orrery.Resources.Standard;
using Orrery.Resources.Workloads;

namespace Orrery.Control.Revisions;

/// <summary>
/// What a service's engine was at one time, kept as a ControllerRevision: the template of the spec, to go back to, and the engine's workload as it was rendered, to go on
/// running whatever became of model, runtime and catalogue since. Values of secrets are in neither.
/// </summary>
/// <param name="Name">Of the ControllerRevision.</param>
/// <param name="Number">Later ones are higher.</param>
/// <param name="Template">Fields of the spec, as <see cref="TemplateFields"/> divides it.</param>
/// <param name="Engine">As rendered; its numbers of replicas mean nothing.</param>
public sealed record ServiceRevision(string Name, long Number, JsonElement Template, Workload Engine)
{
    /// <summary>On a ControllerRevision: when it came to have all requests.</summary>
    public const string RolledOutAnnotation = "orrery.dev/rolled-out-at";

    /// <summary>On a ControllerRevision: why it was taken back as a canary.</summary>
    public const string FailedAnnotation = "orrery.dev/canary-failed";

    /// <summary>On a ControllerRevision: the service.</summary>
    public const string ServiceLabel = $"{Kinds.Group}/inferenceservice";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public string Hash => Engine.Revision;

    /// <summary>Null: it never had all requests.</summary>
    public DateTimeOffset? RolledOutAt { get; init; }

    /// <summary>Null: it was not taken back.</summary>
    public string? Failed { get; init; }

    /// <summary>The runtime that it was rendered from. Null: it was not kept.</summary>
    public RevisionRuntime? Runtime { get; init; }

    /// <summary>What it reads of models and is not there any more; as it was seen, and never written.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    public string? ResourceVersion { get; init; }

    public static string NameOf(string service, string hash) => $"{service}-{hash}";

    /// <summary>Null: it is not of this service, or cannot be read.</summary>
    public static ServiceRevision? Read(Document document, string serviceUid)
    {
        ArgumentNullException.ThrowIfNull(document);
        if (document.Metadata.OwnerReferences is not [{ Kind: "InferenceService", Uid: { } uid }, ..] || uid != serviceUid)
            return null;
        try
        {
            var revision = document.As<ControllerRevision>();
            if (revision.Data is not { } json || json.Deserialize(ResourceJson.Default.ServiceRevisionData) is not { Template.ValueKind: JsonValueKind.Object, Engine: { } engine } data)
                return null;
            var annotations = document.Metadata.Annotations;
            return new ServiceRevision(document.Metadata.Name!, revision.Revision ?? 0, data.Template, engine)
            {
                RolledOutAt = DateTimeOffset.TryParse(
                    annotations?.GetValueOrDefault(RolledOutAnnotation), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null,
                Failed = annotations?.GetValueOrDefault(FailedAnnotation),
                Runtime = data.Runtime,
                ResourceVersion = document.Metadata.ResourceVersion,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidDocumentException)
        {
            // Written by hand or by another version: not one to go back to.
            return null;
        }
    }

    /// <summary>The object that keeps it.</summary>
    public Document ToDocument(Document service)
    {
        ArgumentNullException.ThrowIfNull(service);
        return Document.From(new ControllerRevision
        {
            Metadata = new Metadata
            {
                Name = Name,
                Namespace = service.Metadata.Namespace,
                ResourceVersion = ResourceVersion,
                Labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { [ServiceLabel] = service.Metadata.Name! },
                Annotations = Annotations(),
                OwnerReferences =
                [
                    new OwnerReference
                    {
                        ApiVersion = service.Kind.ApiVersion, Kind = service.Kind.Name, Name = service.Metadata.Name, Uid = service.Metadata.Uid, Controller = true,
                    },
                ],
            },
            Revision = Number,
            Data = JsonSerializer.SerializeToElement(new ServiceRevisionData { Template = Template, Runtime = Runtime, Engine = Engine }, ResourceJson.Default.ServiceRevisionData),
        });
    }

    public static JsonElement TemplateOf(Document service)
    {
        ArgumentNullException.ThrowIfNull(service);
        using var template = JsonDocument.Parse(TemplateFields.Of(service.ToJson()["spec"] as JsonObject ?? []).ToJsonString());
        return template.RootElement.Clone();
    }

    private SortedDictionary<string, string>? Annotations()
    {
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (RolledOutAt is { } at)
            annotations[RolledOutAnnotation] = at.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        if (Failed is not null)
            annotations[FailedAnnotation] = Failed;
        return annotations.Count == 0 ? null : annotations;
    }
}
