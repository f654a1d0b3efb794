using Orrery.Resources;
using static Orrery.Api.Protobuf.FieldForm;

namespace Orrery.Api.Protobuf;

/// <summary>
/// The kinds that clients send as protobuf, with the field numbers of Kubernetes' <c>generated.proto</c> files. managedFields (17 of ObjectMeta)
/// is left out: only the server writes it.
/// </summary>
internal static class KnownMessages
{
    private static readonly MessageTable OwnerReference = new(
        (1, "kind", Text), (3, "name", Text), (4, "uid", Text), (5, "apiVersion", Text), (6, "controller", Flag), (7, "blockOwnerDeletion", Flag));

    private static readonly MessageTable ObjectMeta = new(
        (1, "name", Text), (2, "generateName", Text), (3, "namespace", Text), (4, "selfLink", Text), (5, "uid", Text), (6, "resourceVersion", Text),
        (7, "generation", Whole), (8, "creationTimestamp", Time), (9, "deletionTimestamp", Time), (10, "deletionGracePeriodSeconds", Whole),
        (11, "labels", TextMap), (12, "annotations", TextMap), (13, "ownerReferences", Messages(OwnerReference)), (14, "finalizers", Texts));

    private static readonly MessageTable ObjectReference = new(
        (1, "kind", Text), (2, "namespace", Text), (3, "name", Text), (4, "uid", Text), (5, "apiVersion", Text), (6, "resourceVersion", Text),
        (7, "fieldPath", Text));

    private static readonly MessageTable Preconditions = new((1, "uid", Text), (2, "resourceVersion", Text));

    private static readonly MessageTable DeleteOptions = new(
        (1, "gracePeriodSeconds", Whole), (2, "preconditions", Message(Preconditions)), (3, "orphanDependents", Flag), (4, "propagationPolicy", Text),
        (5, "dryRun", Texts));

    private static readonly MessageTable Namespace = new(
        (1, "metadata", Message(ObjectMeta)), (2, "spec", Message(new MessageTable((1, "finalizers", Texts)))),
        (3, "status", Message(new MessageTable((1, "phase", Text)))));

    private static readonly MessageTable ConfigMap = new(
        (1, "metadata", Message(ObjectMeta)), (2, "data", TextMap), (3, "binaryData", BytesMap), (4, "immutable", Flag));

    private static readonly MessageTable Secret = new(
        (1, "metadata", Message(ObjectMeta)), (2, "data", BytesMap), (3, "type", Text), (4, "stringData", TextMap), (5, "immutable", Flag));

    private static readonly MessageTable Event = new(
        (1, "metadata", Message(ObjectMeta)), (2, "involvedObject", Message(ObjectReference)), (3, "reason", Text), (4, "message", Text),
        (5, "source", Message(new MessageTable((1, "component", Text), (2, "host", Text)))), (6, "firstTimestamp", Time), (7, "lastTimestamp", Time),
        (8, "count", Whole), (9, "type", Text), (10, "eventTime", Time),
        (11, "series", Message(new MessageTable((1, "count", Whole), (2, "lastObservedTime", Time)))), (12, "action", Text),
        (13, "related", Message(ObjectReference)), (14, "reportingComponent", Text), (15, "reportingInstance", Text));

    private static readonly MessageTable ResourceAttributes = new(
        (1, "namespace", Text), (2, "verb", Text), (3, "group", Text), (4, "version", Text), (5, "resource", Text), (6, "subresource", Text), (7, "name", Text));

    private static readonly MessageTable PathAttributes = new((1, "path", Text), (2, "verb", Text));

    private static readonly MessageTable AccessReview = new(
        (1, "metadata", Message(ObjectMeta)),
        (2, "spec", Message(new MessageTable(
            (1, "resourceAttributes", Message(ResourceAttributes)),
            (2, "nonResourceAttributes", Message(PathAttributes))))));

    private static readonly MessageTable SubjectReview = new(
        (1, "metadata", Message(ObjectMeta)),
        (2, "spec", Message(new MessageTable(
            (1, "resourceAttributes", Message(ResourceAttributes)),
            (2, "nonResourceAttributes", Message(PathAttributes)),
            (3, "user", Text), (4, "groups", Texts)))));

    private static readonly MessageTable RulesReview = new(
        (1, "metadata", Message(ObjectMeta)), (2, "spec", Message(new MessageTable((1, "namespace", Text)))));

    private static readonly MessageTable SelfReview = new((1, "metadata", Message(ObjectMeta)));

    private static readonly Dictionary<(string ApiVersion, string Kind), MessageTable> Tables = new()
    {
        [("v1", "Namespace")] = Namespace,
        [("v1", "ConfigMap")] = ConfigMap,
        [("v1", "Secret")] = Secret,
        [("v1", "Event")] = Event,
        [("v1", "DeleteOptions")] = DeleteOptions,
        [("meta.k8s.io/v1", "DeleteOptions")] = DeleteOptions,
        [("authorization.k8s.io/v1", "SelfSubjectAccessReview")] = AccessReview,
        [("authorization.k8s.io/v1", "SelfSubjectRulesReview")] = RulesReview,
        [("authorization.k8s.io/v1", "SubjectAccessReview")] = SubjectReview,
        [("authorization.k8s.io/v1", "LocalSubjectAccessReview")] = SubjectReview,
        [("authentication.k8s.io/v1", "SelfSubjectReview")] = SelfReview,
        [("authentication.k8s.io/v1beta1", "SelfSubjectReview")] = SelfReview,
    };

    public static IEnumerable<string> Names => Tables.Keys.Select(k => k.Kind).Distinct();

    /// <summary>Whether objects of the kind may come as protobuf.</summary>
    public static bool Has(ResourceKind kind) => Find(kind.ApiVersion, kind.Name) is not null;

    public static MessageTable? Find(string apiVersion, string kind) => Tables.GetValueOrDefault((apiVersion, kind));
}
