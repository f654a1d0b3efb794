using Orrery.Cli.Client;
using Orrery.Cli.Discovery;
using Orrery.Resources;

namespace Orrery.Cli.Manifests;

/// <summary>All manifests of a command, in the order written.</summary>
internal static class ManifestSet
{
    /// <summary>All or none: the mistakes of all of them are told at once.</summary>
    /// <inheritdoc cref="Manifest.From"/>
    /// <exception cref="CliException">An object is wrong, or there is none.</exception>
    public static IReadOnlyList<Manifest> Of(IReadOnlyList<WrittenObject> written, ApiCatalog catalog, string ns, bool isGiven, bool check)
    {
        List<Manifest> manifests = [];
        List<string> problems = [];
        bool isKindUnknown = false;
        foreach (var (file, json) in written)
        {
            try
            {
                manifests.Add(Manifest.From(json, catalog, ns, isGiven, check));
            }
            catch (Exception e) when (e is InvalidDocumentException or UnknownKindException)
            {
                isKindUnknown |= e is UnknownKindException;
                problems.Add($"{file}: {e.Message}");
            }
        }
        if (problems.Count > 0)
            throw isKindUnknown ? new UnknownKindException(string.Join("; ", problems)) : new CliException(string.Join("; ", problems));
        return manifests.Count > 0 ? manifests : throw new CliException("The manifests hold no objects.");
    }
}

/// <summary>An object of a file, before anything is known of it.</summary>
internal sealed record WrittenObject(string File, System.Text.Json.Nodes.JsonObject Json);
