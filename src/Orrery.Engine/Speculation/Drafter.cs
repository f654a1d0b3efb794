using Orrery.Engine.Statistics;

namespace Orrery.Engine.Speculation;

/// <summary>The drafts of one sequence: tokens that may come next, to be computed in the same pass as the last known one and kept where the sampler chooses them.</summary>
/// <param name="most">Tokens of one draft. 0: none ever.</param>
internal sealed class Drafter(int most, ModelCounters counters)
{
    private DraftBudget _budget = DraftBudget.Start;

    /// <summary>How far before a drafted token stands the one that it repeats.</summary>
    public int Distance { get; private set; }

    /// <summary>Tokens to draft behind the known ones.</summary>
    public int Tokens { get; private set; }

    /// <summary>After a pass: takes note of its draft, and looks for the next one.</summary>
    /// <param name="known">All tokens by now.</param>
    /// <param name="room">Tokens that may follow.</param>
    public void Next(int drafted, int accepted, ReadOnlySpan<int> known, int room)
    {
        if (most == 0)
            return;
        if (drafted > 0)
            counters.Drafted(drafted, accepted);
        _budget = _budget.After(drafted, accepted, most);

        // The last token that may follow needs no draft: the pass before it gives it anyway.
        int wanted = Math.Min(Math.Min(_budget.Tokens, most), room - 1);
        Distance = wanted > 0 ? PromptLookup.Distance(known) : 0;
        Tokens = Distance > 0 ? wanted : 0;
    }
}
