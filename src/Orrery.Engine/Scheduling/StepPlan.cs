using Orrery.Engine.Decoder.Cache;

namespace Orrery.Engine.Scheduling;

/// <summary>Where a sequence stands before a step.</summary>
/// <param name="Computed">Positions in the cache.</param>
/// <param name="Total">Tokens that are known; the last one's logits are wanted.</param>
/// <param name="Pages">That it holds.</param>
/// <param name="Drafts">Tokens that may follow and could be computed along with the last known one.</param>
internal readonly record struct SequenceNeed(int Computed, int Total, int Pages, int Drafts = 0)
{
    public int Missing => Total - Computed;

    /// <summary>Goes on by one token: the prompt is computed.</summary>
    public bool IsDecoding => Missing == 1 && Computed > 0;
}

/// <summary>What a pass has room for.</summary>
/// <param name="Rows">At most.</param>
/// <param name="RowsWithDrafts">At most in a pass with drafts: among many sequences each row is as dear as one of theirs, so drafts give way.</param>
/// <param name="FreePages">That can be had; at least one whole context when nobody holds any.</param>
internal readonly record struct PassRoom(int Rows, int RowsWithDrafts, int FreePages);

/// <summary>
/// What one pass computes: every sequence has so many computed tokens of those it knows, and some of the missing ones are its rows. Sequences that
/// only wait for their next token come first, then prompts in order of arrival, in pieces that fit; where there is no prompt, drafts take what is left.
/// When pages run out the youngest sequence gives its own back and is computed again later.
/// </summary>
internal readonly ref struct StepPlan
{
    private StepPlan(ReadOnlySpan<int> rows, int? preempt)
    {
        Rows = rows;
        Preempt = preempt;
    }

    /// <summary>By sequence, in order of arrival, those of its draft included. 0: it waits.</summary>
    public ReadOnlySpan<int> Rows { get; }

    /// <summary>Who has to give its pages back before a plan can be made: <see cref="Rows"/> counts for nothing then.</summary>
    public int? Preempt { get; }

    /// <param name="needs">In order of arrival.</param>
    /// <param name="rows">As many, overwritten: the plan's.</param>
    public static StepPlan For(scoped ReadOnlySpan<SequenceNeed> needs, Span<int> rows, PassRoom room)
    {
        rows.Clear();
        int left = room.Rows, pages = room.FreePages;
        if (TryDecode(needs, rows, ref left, ref pages))
        {
            bool prompts = FillPrompts(needs, rows, ref left, ref pages);
            if (!prompts)
                AddDrafts(needs, rows, Math.Min(left, room.RowsWithDrafts - (room.Rows - left)), pages);
            if (left < room.Rows || needs.IsEmpty)
                return new StepPlan(rows, null);
        }
        for (int i = needs.Length - 1; i > 0; i--)
        {
            if (needs[i].Pages > 0)
                return new StepPlan(rows, i);
        }
        return new StepPlan(rows, null);
    }

    /// <summary>False when pages are short and somebody has to give some back.</summary>
    private static bool TryDecode(ReadOnlySpan<SequenceNeed> needs, Span<int> rows, ref int left, ref int pages)
    {
        for (int i = 0; i < needs.Length && left > 0; i++)
        {
            if (!needs[i].IsDecoding)
                continue;
            int more = KvPool.PagesFor(needs[i].Total) - needs[i].Pages;
            if (more > pages)
                return false;
            (rows[i], left, pages) = (1, left - 1, pages - more);
        }
        return true;
    }

    /// <returns>There are prompts, be it that they wait.</returns>
    private static bool FillPrompts(ReadOnlySpan<SequenceNeed> needs, Span<int> rows, ref int left, ref int pages)
    {
        bool any = false;
        for (int i = 0; i < needs.Length && left > 0; i++)
        {
            if (needs[i].IsDecoding || needs[i].Missing == 0)
                continue;
            any = true;

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
        return any;
    }

    /// <summary>A token for each sequence in turn. A page is taken only where another one is left for everybody: a draft pushes nobody out.</summary>
    private static void AddDrafts(ReadOnlySpan<SequenceNeed> needs, Span<int> rows, int left, int pages)
    {
        for (int drafted = 1; left > 0; drafted++)
        {
            bool any = false;
            for (int i = 0; i < needs.Length && left > 0; i++)
            {
                if (rows[i] != drafted || needs[i].Drafts < drafted)
                    continue;
                int more = (needs[i].Computed + rows[i]) % KvPool.PagePositions == 0 ? 1 : 0;
                if (more > 0 && pages - more < needs.Length)
                    continue;
                (rows[i], left, pages, any) = (rows[i] + 1, left - 1, pages - more, true);
            }
            if (!any)
                break;
        }
    }
}
