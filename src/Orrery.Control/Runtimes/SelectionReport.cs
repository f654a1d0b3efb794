using Orrery.Resources.Serving;
using Orrery.Resources.Text;

namespace Orrery.Control.Runtimes;

/// <summary>A decision as a service's status carries it: whole for the winner, cut to a bound for the others. Pure.</summary>
public static class SelectionReport
{
    /// <summary>Runtimes that a status lists, and reasons against each.</summary>
    public const int MaxRejected = 12, MaxReasons = 6;

    /// <summary>Characters of one reason. Names that people give may be long.</summary>
    public const int MaxReasonLength = 240;

    public static SelectionStatus Of(RuntimeDecision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var winner = (decision as RuntimeDecision.Chosen)?.Winner;
        return new SelectionStatus
        {
            Runtime = winner?.Runtime.Name,
            Kind = winner?.Runtime.Kind,
            Format = winner is null ? null : $"supportedModelFormats[{winner.BestFormat}]",
            Score = winner?.Score,
            ScoreBreakdown = winner?.Format?.Score.ToString(),
            Unchecked = winner is null ? null : Cut([.. winner.Warnings()]).Texts is { Count: > 0 } warnings ? warnings : null,
            Rejected = decision.Others.Count == 0 ? null : [.. decision.Others.Take(MaxRejected).Select(v => Rejected(v, winner))],
            MoreRejected = decision.Others.Count > MaxRejected ? decision.Others.Count - MaxRejected : null,
        };
    }

    /// <summary>Why this one and not the winner. Never empty.</summary>
    public static IReadOnlyList<string> Reasons(RuntimeVerdict other, RuntimeVerdict? winner)
        => other.Fits ? [Outranked(other, winner)] : [.. other.Reasons()];

    private static RejectedRuntime Rejected(RuntimeVerdict other, RuntimeVerdict? winner)
    {
        var (texts, more) = Cut(Reasons(other, winner));
        return new RejectedRuntime { Kind = other.Runtime.Kind, Name = other.Runtime.Name, Reasons = texts, MoreReasons = more > 0 ? more : null };
    }

    private static string Outranked(RuntimeVerdict other, RuntimeVerdict? winner)
    {
        if (winner is null || other.Score > winner.Score)
            return "it fits too; spec.runtime names another";
        if (other.Score != winner.Score)
            return $"it fits too; its score is {other.Score}, the winner's {winner.Score}";
        if (other.Named != winner.Named)
            return "it fits too, with the same score; the winner names more of what the model is";
        if (other.SizeWidth != winner.SizeWidth)
            return "it fits too, with the same score; the winner's range of sizes is narrower";
        return other.Runtime.IsNamespaced != winner.Runtime.IsNamespaced
            ? "it fits too, with the same score; the winner is of the namespace"
            : "it fits too, with the same score; the winner comes first by name";
    }

    private static (IReadOnlyList<string> Texts, int More) Cut(IReadOnlyList<string> texts)
        => ([.. texts.Take(MaxReasons).Select(t => Excerpt.Of(t, MaxReasonLength))], Math.Max(0, texts.Count - MaxReasons));
}
