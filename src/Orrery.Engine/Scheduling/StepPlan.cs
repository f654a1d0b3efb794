using Orrery.Engine.Decoder.Cache;

namespace Orrery.Engine.Scheduling;

/// <summary>Where a sequence stands before a step.</summary>
/// <param name="Computed">Positions in the cache.</param>
/// <param name="Total">Tokens that are known; the last one's logits are wanted.</param>
/// <param name="Pages">That it holds.</param>
internal readonly record struct SequenceNeed(int Computed, int Total, int Pages)
{
    public int Missing => Total - Computed;

    /// <summary>Goes on by one token: the prompt is computed.</summary>
    public bool IsDecoding => Missing == 1 && Computed > 0;
}

/// <summary>
/// What one pass computes: every sequence has so many computed tokens of those it knows, and some of the missing ones are its rows. Sequences that
/// only wait for their next token come first, then prompts in order of arrival, in pieces that fit. When pages run out the youngest sequence gives
/// its own back and is computed again later.
/// </summary>
/// <param name="Rows">By sequence, in order of arrival. 0: it waits.</param>
/// <param name="Preempt">Who has to give its pages back before a plan can be made: <paramref name="Rows"/> counts for nothing then.</param>
internal sealed record StepPlan(int[] Rows, int? Preempt)
{
    /// <param name="needs">In order of arrival.</param>
    /// <param name="mostRows">Of the pass.</param>
    /// <param name="freePages">That can be had; at least one whole context when nobody holds any.</param>
    public static StepPlan For(ReadOnlySpan<SequenceNeed> needs, int mostRows, int freePages)
    {
        int[] rows = new int[needs.Length];
        if (TryFill(needs, rows, mostRows, freePages))
            return new StepPlan(rows, null);
        for (int i = needs.Length - 1; i > 0; i--)
        {
            if (needs[i].Pages > 0)
                return new StepPlan(rows, i);
        }
        return new StepPlan(rows, null);
    }

    /// <summary>False when pages are short and somebody has to give some back.</summary>
    private static bool TryFill(ReadOnlySpan<SequenceNeed> needs, int[] rows, int mostRows, int pages)
    {
        int left = mostRows;
        for (int i = 0; i < needs.Length && left > 0; i++)
        {
            if (!needs[i].IsDecoding)
                continue;
            int more = KvPool.PagesFor(needs[i].Total) - needs[i].Pages;
            if (more > pages)
                return false;
            (rows[i], left, pages) = (1, left - 1, pages - more);
        }

        for (int i = 0; i < needs.Length && left > 0; i++)
        {
            if (needs[i].IsDecoding || needs[i].Missing == 0)
                continue;

            // One that has not begun waits until all of it fits, with a page to spare for each of the others: else it would only be preempted again.
            bool begins = needs[i].Computed == 0 && i > 0;
            if (begins && KvPool.PagesFor(needs[i].Total) - needs[i].Pages + i > pages)
                break;
            int fit = ((needs[i].Pages + pages) * KvPool.PagePositions) - needs[i].Computed;
            int take = Math.Min(Math.Min(needs[i].Missing, left), fit);
            if (take <= 0)
                break;
            pages -= KvPool.PagesFor(needs[i].Computed + take) - needs[i].Pages;
            (rows[i], left) = (take, left - take);
        }
        return left < mostRows || needs.IsEmpty;
    }
}
