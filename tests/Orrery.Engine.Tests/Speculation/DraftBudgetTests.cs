using Orrery.Engine.Speculation;

namespace Orrery.Engine.Tests.Speculation;

public sealed class DraftBudgetTests
{
    private const int Most = 4;

    [Fact]
    public void A_text_that_repeats_itself_soon_drafts_all_that_it_may()
    {
        var budget = DraftBudget.Start;

        Assert.Equal(2, budget.Tokens);
        budget = budget.After(2, 2, Most);
        Assert.Equal(4, budget.Tokens);
        for (int i = 0; i < 10; i++)
            budget = budget.After(4, 4, Most);
        Assert.Equal(2 * Most, budget.Tokens);
    }

    [Fact]
    public void A_sequence_whose_drafts_fail_stops_for_a_while_and_then_tries_one_token()
    {
        var budget = DraftBudget.Start.After(2, 0, Most);

        int passes = 0;
        for (; budget.Tokens == 0; passes++)
            budget = budget.After(0, 0, Most);

        Assert.Equal(15, passes);
        Assert.Equal(1, budget.Tokens);
    }

    [Fact]
    public void What_is_drafted_in_vain_is_bounded_by_what_was_kept_and_by_the_passes()
    {
        var random = new Random(20261121);
        for (int round = 0; round < 200; round++)
        {
            var budget = DraftBudget.Start;
            double likely = random.NextDouble();
            int kept = 0, inVain = 0;
            for (int passes = 1; passes < 300; passes++)
            {
                int drafted = Math.Min(budget.Tokens, Most), good = Enumerable.Range(0, drafted).TakeWhile(_ => random.NextDouble() < likely).Count();
                budget = budget.After(drafted, good, Most);
                (kept, inVain) = (kept + good, inVain + drafted - good);

                Assert.True(budget.Credit >= 0, $"round {round}: {budget}");
                Assert.True(inVain <= kept + (passes / 16.0) + DraftBudget.AtStart, $"round {round}: {inVain} in vain, {kept} kept, {passes} passes");
            }
        }
    }
}
