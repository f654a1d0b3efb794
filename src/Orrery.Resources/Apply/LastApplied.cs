using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Resources.Schema;

namespace Orrery.Resources.Apply;

/// <summary>
/// The step from client-side apply to server-side apply: what kubectl's annotation says that kubectl applied itself is no conflict to it,
/// and the annotation follows what it applies from then on, so that one can go back.
/// </summary>
internal static class LastApplied
{
    public const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>Only for this manager: to keep the annotation as it is, apply under another name.</summary>
    private const string Manager = "kubectl";

    /// <inheritdoc cref="FieldOwnership.Apply"/>
    public static ApplyDecision Apply(JsonObject live, JsonObject config, MergeType type, ManagedFields managed, ManagerId writer, bool force, DateTimeOffset now)
    {
        var decision = FieldOwnership.Apply(live, config, type, managed, writer, force, now);
        if (writer.Manager != Manager || live["metadata"]?["annotations"]?[Annotation] is not JsonValue annotation)
            return decision;

        if (decision is ApplyDecision.Conflicting { Fields: var fields } && Own(live, annotation, type) is { } own)
        {
            var left = fields.Where(f => FieldSet.At([.. f.Path]).Intersect(own).IsEmpty).ToList();
            decision = left.Count > 0
                ? new ApplyDecision.Conflicting(left)
                : FieldOwnership.Apply(live, config, type, managed, writer, force: true, now);
        }
        if (decision is ApplyDecision.Applied { Json: var next })
            Set(next, config);
        return decision;
    }

    /// <summary>The fields of the annotation that the object still has as it says; null when it is no object of this version.</summary>
    private static FieldSet? Own(JsonObject live, JsonValue annotation, MergeType type)
    {
        if (annotation.GetValueKind() != JsonValueKind.String || Parsed(annotation.GetValue<string>()) is not { } applied
            || !JsonNode.DeepEquals(applied["apiVersion"], live["apiVersion"]))
        {
            return null;
        }
        var change = Comparison.Of(applied, live, type);
        return FieldTree.Owned(applied, type).Except(change.Written).Except(change.Removed);
    }

    private static JsonObject? Parsed(string text)
    {
        try
        {
            return JsonText.ParseObject(System.Text.Encoding.UTF8.GetBytes(text));
        }
        catch (InvalidDocumentException)
        {
            return null;
        }
    }

    private static void Set(JsonObject next, JsonObject config)
    {
        var applied = config.DeepClone().AsObject();
        if (applied["metadata"]?["annotations"] is JsonObject annotations)
            annotations.Remove(Annotation);
        if (next["metadata"]?["annotations"] is JsonObject kept && kept.ContainsKey(Annotation))
            kept[Annotation] = System.Text.Encoding.UTF8.GetString(Document.ToUtf8(applied)) + "\n";
    }
}
