using Orrery.Resources.Runtimes;

namespace Orrery.Control.Runtimes;

/// <summary>How well an entry matches: weights of what both sides name and agree on, times its priority.</summary>
public readonly record struct Score(long Format, long Framework, int Priority)
{
    public long Total => (long)Int128.Min(((Int128)Format + Framework) * Priority, long.MaxValue);

    public override string ToString() => $"(format {Format} + framework {Framework}) × priority {Priority} = {Total}";
}

/// <summary>One entry of a runtime's formats, held against a model.</summary>
/// <param name="Named">Of architecture, quantization and pipeline, how many the entry names and the model is known to be. Among equal scores more wins: such an entry is made for the model.</param>
public sealed record FormatVerdict(SupportedModelFormat Format, IReadOnlyList<Finding> Findings, Score Score, int Named)
{
    public bool Fits { get; } = !Findings.Any(f => f.IsReason);
}

/// <summary>A runtime, held against a model: what speaks against it as a whole, and for each of its formats.</summary>
/// <param name="Findings">Of the runtime as a whole.</param>
public sealed record RuntimeVerdict(RuntimeCandidate Runtime, IReadOnlyList<Finding> Findings, IReadOnlyList<FormatVerdict> Formats, double SizeWidth)
{
    /// <summary>Index of the entry that decides: the best of those that match wholly. Null: none does.</summary>
    public int? BestFormat { get; } = Best(Formats);

    public bool Fits => BestFormat is not null && !Findings.Any(f => f.IsReason);

    /// <summary>The decisive entry. Null: none matches.</summary>
    public FormatVerdict? Format => BestFormat is { } at ? Formats[at] : null;

    public long Score => Format?.Score.Total ?? 0;

    public int Named => Format?.Named ?? 0;

    /// <summary>All that speaks against it; empty only where it fits.</summary>
    public IEnumerable<string> Reasons()
    {
        foreach (var finding in Findings.Where(f => f.IsReason))
            yield return finding.ToString();
        if (BestFormat is not null)
            yield break;
        for (int i = 0; i < Formats.Count; i++)
        {
            // One entry needs no place; of several a reader must know which one it is.
            string place = Formats.Count == 1 ? "" : $"supportedModelFormats[{i}]: ";
            foreach (var finding in Formats[i].Findings.Where(f => f.IsReason))
                yield return place + finding;
        }
    }

    /// <summary>What could not be checked, and what is worth knowing, of the runtime and the decisive format.</summary>
    public IEnumerable<string> Warnings()
        => Findings.Concat(Format?.Findings ?? []).Where(f => !f.IsReason).Select(f => f.ToString());

    private static int? Best(IReadOnlyList<FormatVerdict> formats)
    {
        int? best = null;
        for (int i = 0; i < formats.Count; i++)
        {
            if (formats[i].Fits && (best is not { } at || (formats[i].Score.Total, formats[i].Named).CompareTo((formats[at].Score.Total, formats[at].Named)) > 0))
                best = i;
        }
        return best;
    }
}
