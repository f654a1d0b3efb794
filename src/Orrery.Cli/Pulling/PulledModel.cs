using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Cli.Client;
using Orrery.Control.Models;
using Orrery.Resources.Models;
using Orrery.Resources.Validation;
using Orrery.Storage.Addresses;

namespace Orrery.Cli.Pulling;

/// <summary>What <c>orrery pull</c> asks for. Pure.</summary>
/// <param name="Name">Of the model; null: made from the address.</param>
/// <param name="Namespace">Null: a model for all namespaces.</param>
/// <param name="Secret">With the credentials; null: none.</param>
/// <param name="Parameters">Of the storage section.</param>
internal sealed record PulledModel(
    string Uri, string? Name, string? Namespace, string? Version, string? Quantization, string? Secret, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>The object to apply.</summary>
    /// <param name="asked">Brings back files that were removed to make room, and tries at once again what failed.</param>
    /// <exception cref="CliException">The address cannot be fetched from, or makes no name.</exception>
    public JsonObject ToJson(DateTimeOffset asked)
    {
        var uri = ModelUri.Parse(Uri);
        if (uri is ModelUri.Refused refused)
            throw new CliException(refused.Problem);
        if (uri is ModelUri.Local)
            throw new CliException($"'{Uri}' is on this machine already: apply a BaseModel with it, or serve it with: orrery up --model PATH");
        string name = Name ?? NameOf(uri);
        if (!Names.IsValid(name))
            throw new CliException($"'{name}' is no name for a model: give one of lower-case letters, digits, '-' and '.' after the address.");

        var storage = new JsonObject { ["storageUri"] = Uri };
        if (Secret is not null)
            storage["key"] = Secret;
        if (Parameters.Count > 0)
            storage["parameters"] = new JsonObject([.. Parameters.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))]);
        var spec = new JsonObject { ["storage"] = storage };
        if (Version is not null)
            spec["version"] = Version;
        if (Quantization is not null)
            spec["quantization"] = Quantization;
        var metadata = new JsonObject
        {
            ["name"] = name,
            ["annotations"] = new JsonObject { [ModelWishes.PulledAnnotation] = asked.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture) },
        };
        if (Namespace is not null)
            metadata["namespace"] = Namespace;
        var kind = Namespace is null ? ClusterBaseModel.Kind : BaseModel.Kind;
        return new JsonObject { ["apiVersion"] = kind.ApiVersion, ["kind"] = kind.Name, ["metadata"] = metadata, ["spec"] = spec };
    }

    /// <summary>The last part of the address that names something, made into an object's name: <c>llama-3.2-1b</c>.</summary>
    internal static string NameOf(ModelUri uri)
    {
        string last = uri switch
        {
            ModelUri.HubRepository hub => hub.Name,
            ModelUri.RegistryArtifact artifact => artifact.Repository,
            ModelUri.BucketPrefix bucket => WithoutEnding(bucket.Prefix),
            ModelUri.AzurePrefix azure => WithoutEnding(azure.Prefix),
            ModelUri.WebFile file => WithoutEnding(System.Uri.UnescapeDataString(file.Address.AbsolutePath)),
            _ => "",
        };
        string name = last[(last.LastIndexOf('/') + 1)..].ToLowerInvariant();
        return new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '.' ? c : '-')]).Trim('-', '.');
    }

    private static string WithoutEnding(string path) => path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? path[..^".gguf".Length] : path;
}
