namespace Orrery.Engine.Constraints.Json;

/// <summary>A set of Unicode scalar values: ranges in order that do not touch. Surrogates are never in it.</summary>
internal sealed class CodePoints
{
    public const int Last = 0x10FFFF;

    private CodePoints(IReadOnlyList<(int First, int Last)> ranges) => Ranges = ranges;

    public static CodePoints All { get; } = Of((0, Last));

    public IReadOnlyList<(int First, int Last)> Ranges { get; }

    public bool IsEmpty => Ranges.Count == 0;

    public static CodePoints Of(params IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        var scalars = ranges.SelectMany(range => new[] { (range.First, Last: Math.Min(range.Last, 0xD7FF)), (First: Math.Max(range.First, 0xE000), range.Last) });
        foreach (var (first, last) in scalars.Where(range => range.Item1 <= range.Item2).OrderBy(range => range.Item1))
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            else
                merged.Add((first, last));
        }
        return new CodePoints(merged);
    }

    public static CodePoints Of(string characters) => Of(characters.EnumerateRunes().Select(rune => (rune.Value, rune.Value)));

    public CodePoints Or(CodePoints other) => Of(Ranges.Concat(other.Ranges));

    public CodePoints And(CodePoints other) => Not(Not(this).Or(Not(other)));

    public CodePoints Except(CodePoints other) => And(Not(other));

    public static CodePoints Not(CodePoints set)
    {
        var gaps = new List<(int, int)>();
        int next = 0;
        foreach (var (first, last) in set.Ranges)
        {
            gaps.Add((next, first - 1));
            next = last + 1;
        }
        gaps.Add((next, Last));
        return Of(gaps);
    }
}
