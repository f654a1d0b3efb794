using System.Text;
using System.Text.RegularExpressions;
using Orrery.Resources.Text;

namespace Orrery.Resources.Validation;

/// <summary>Kubernetes' rules for names and labels (DNS-1123). They also keep every name safe as a file name.</summary>
public static partial class Names
{
    public const int MaxLength = 253;

    private static readonly string[] StandardFinalizers = ["kubernetes", "orphan", "foregroundDeletion"];

    /// <summary>Of all annotations of an object together, names and values, as in Kubernetes.</summary>
    public const int MaxAnnotationBytes = 256 * 1024;

    public static bool IsValid(string name) => name.Length is > 0 and <= MaxLength && Subdomain().IsMatch(name);

    /// <summary><c>[prefix/]name</c>.</summary>
    public static bool IsLabelKey(string key) => key.Length <= MaxLength + 64 && QualifiedName().IsMatch(key);

    /// <summary>At most 63 letters, or none.</summary>
    public static bool IsLabelValue(string value) => value.Length <= 63 && LabelValue().IsMatch(value);

    internal static IEnumerable<string> Problems(Document document)
    {
        var metadata = document.Metadata;
        if (metadata.Name is not { Length: > 0 } name)
            yield return "metadata.name: must be set";
        else if (!IsValid(name))
            yield return NameProblem("metadata.name", name);

        if (document.Kind.Namespaced && metadata.Namespace is not { Length: > 0 })
            yield return "metadata.namespace: must be set";
        else if (document.Kind.Namespaced && !(metadata.Namespace!.Length <= 63 && Label().IsMatch(metadata.Namespace)))
            yield return NameProblem("metadata.namespace", metadata.Namespace);

        foreach (var (key, value) in metadata.Labels ?? new Dictionary<string, string>())
        {
            if (!IsLabelKey(key))
                yield return $"metadata.labels: the key '{Excerpt.Of(key)}' must be [prefix/]name of letters, digits, '-', '_' and '.'";
            if (!IsLabelValue(value))
                yield return $"metadata.labels: '{Excerpt.Of(value)}', the value of '{Excerpt.Of(key)}', must be at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or digit";
        }

        foreach (string key in metadata.Annotations?.Keys ?? [])
        {
            // As in Kubernetes, capitals are no mistake here.
            if (!IsLabelKey(key.ToLowerInvariant()))
                yield return $"metadata.annotations: the key '{Excerpt.Of(key)}' must be [prefix/]name of letters, digits, '-', '_' and '.'";
        }
        foreach (string finalizer in metadata.Finalizers ?? [])
        {
            // Kubernetes' own kinds know its own finalizers and those that say whose they are.
            bool isKnown = document.Kind.Group.Length > 0 || finalizer.Contains('/', StringComparison.Ordinal) || StandardFinalizers.Contains(finalizer);
            if (!isKnown || !IsLabelKey(finalizer))
                yield return $"metadata.finalizers: '{Excerpt.Of(finalizer)}' must be domain/name of letters, digits, '-', '_' and '.'";
        }

        long annotations = (metadata.Annotations ?? new Dictionary<string, string>()).Sum(a => (long)Encoding.UTF8.GetByteCount(a.Key) + Encoding.UTF8.GetByteCount(a.Value));
        if (annotations > MaxAnnotationBytes)
            yield return $"metadata.annotations: Too long: hold {annotations} bytes and may have at most {MaxAnnotationBytes}";

        var owners = metadata.OwnerReferences ?? [];
        if (owners.Count(o => o.Controller == true) > 1)
            yield return "metadata.ownerReferences: only one may have controller set to true";
        for (int i = 0; i < owners.Count; i++)
        {
            if (owners[i] is { Uid: null or "" } or { Name: null or "" } or { Kind: null or "" } or { ApiVersion: null or "" })
                yield return $"metadata.ownerReferences[{i}]: apiVersion, kind, name and uid must be set";
        }
    }

    private static string NameProblem(string field, string value)
        => $"{field}: '{Excerpt.Of(value)}' must be lower-case letters, digits, '-' and '.', starting and ending with a letter or digit, at most {MaxLength} long";

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"\A([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"\A([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelValue();
}
