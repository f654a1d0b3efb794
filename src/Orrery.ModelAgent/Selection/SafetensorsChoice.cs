using System.Text.RegularExpressions;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Selection;

/// <summary>Which safetensors files of one folder hold the weights once. Pure.</summary>
internal static partial class SafetensorsChoice
{
    /// <param name="folder">Files of one folder of the listing.</param>
    /// <returns>Nothing where the folder has none. A problem where shards are missing.</returns>
    public static (IReadOnlyList<ListedFile> Files, string? Problem) Of(IReadOnlyList<ListedFile> folder)
    {
        var weights = folder.Where(f => f.Path.EndsWith(".safetensors", StringComparison.Ordinal)).ToList();
        foreach (string name in (ReadOnlySpan<string>)["model", "diffusion_pytorch_model"])
        {
            // Like the libraries that load them: an index wins, then the one file; variants such as fp16 and other copies are left.
            if (folder.FirstOrDefault(f => NameOf(f) == $"{name}.safetensors.index.json") is { } index)
            {
                var shards = weights.Where(f => Shard().Match(NameOf(f)) is { Success: true } m && m.Groups["stem"].Value == name).ToList();
                return ([index, .. shards], Missing(shards, index));
            }
            if (weights.FirstOrDefault(f => NameOf(f) == $"{name}.safetensors") is { } single)
                return ([single], null);
        }
        if (weights.Any(f => Shard().Match(NameOf(f)) is { Success: true } m && m.Groups["stem"].Value == "model"))
            return ([], "the shards of model.safetensors have no index (model.safetensors.index.json)");
        return (weights.Where(f => !Consolidated().IsMatch(NameOf(f))).ToList() is { Count: > 0 } others ? others : weights, null);
    }

    private static string? Missing(List<ListedFile> shards, ListedFile index)
    {
        if (shards.Count == 0)
            return $"'{index.Path}' is there, and none of its shards";
        var first = Shard().Match(NameOf(shards[0]));
        // The number and the total may differ in width: model-00001-of-000163.safetensors.
        string total = first.Groups["total"].Value, stem = first.Groups["stem"].Value, width = $"D{first.Groups["number"].Length}";
        var there = shards.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        return int.TryParse(total, out int count) && count <= Listing.MaxFiles
            ? Enumerable.Range(1, count).Select(i => $"{stem}-{i.ToString(width)}-of-{total}.safetensors").FirstOrDefault(n => !there.Contains(n)) is { } missing
                ? $"the shard '{missing}' is missing"
                : null
            : $"'{shards[0].Path}' says that it is one of {total} shards";
    }

    private static string NameOf(ListedFile file) => file.Path[(file.Path.LastIndexOf('/') + 1)..];

    [GeneratedRegex(@"\A(?<stem>.+)-(?<number>[0-9]{5,6})-of-(?<total>[0-9]{5,6})\.safetensors\z")]
    private static partial Regex Shard();

    // Mistral lays the same weights beside themselves in its own layout.
    [GeneratedRegex(@"\Aconsolidated[.-]")]
    private static partial Regex Consolidated();
}
