using System.Text.RegularExpressions;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Selection;

/// <summary>One GGUF model of those that lie together: a file, or all parts of a split one. Pure.</summary>
/// <param name="Name">Path without part number and ending.</param>
/// <param name="Quantization">Null: the name tells none.</param>
internal sealed partial record GgufModel(string Name, string? Quantization, IReadOnlyList<ListedFile> Parts)
{
    private const int MaxParts = 1000;

    /// <summary>All models among the files. A split one whose parts are not all there has a <see cref="Problem"/>.</summary>
    public static IReadOnlyList<GgufModel> Among(IEnumerable<ListedFile> files)
        => [.. files.Where(IsWeights).GroupBy(f => StemOf(f.Path), StringComparer.Ordinal)
            .Select(g => new GgufModel(g.Key, QuantizationName.Of(g.Key), [.. g.OrderBy(f => f.Path, StringComparer.Ordinal)]))
            .OrderBy(m => m.Name, StringComparer.Ordinal)];

    /// <summary>By what the origin says, so more than fits into a whole number too.</summary>
    public double Bytes => Parts.Sum(p => (double)p.Bytes);

    /// <summary>Null: all parts are there.</summary>
    public string? Problem
    {
        get
        {
            var first = PartShape().Match(Parts[0].Path);
            if (!first.Success)
                return null;
            string total = first.Groups["total"].Value;
            if (!int.TryParse(total, out int count) || count is < 1 or > MaxParts)
                return $"'{Parts[0].Path}' says that it is one of {total} parts; at most {MaxParts} are fetched";
            var there = Parts.Select(p => p.Path).ToHashSet(StringComparer.Ordinal);
            string? missing = Enumerable.Range(1, count).Select(i => $"{Name}-{i:D5}-of-{total}.gguf").FirstOrDefault(p => !there.Contains(p));
            return missing is null ? null : $"the part '{missing}' is missing";
        }
    }

    // Projectors and importance matrices are no models, though they are written in the same format.
    private static bool IsWeights(ListedFile file)
        => file.Path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) && !Companion().IsMatch(file.Path[(file.Path.LastIndexOf('/') + 1)..]);

    private static string StemOf(string path) => PartShape().Match(path) is { Success: true } part ? part.Groups["stem"].Value : path[..^".gguf".Length];

    [GeneratedRegex(@"\A(?<stem>.+)-(?<part>[0-9]{5})-of-(?<total>[0-9]{5})\.gguf\z", RegexOptions.IgnoreCase)]
    private static partial Regex PartShape();

    [GeneratedRegex(@"\A(mmproj|imatrix)|[.-](mmproj|imatrix)[.-]", RegexOptions.IgnoreCase)]
    private static partial Regex Companion();
}
