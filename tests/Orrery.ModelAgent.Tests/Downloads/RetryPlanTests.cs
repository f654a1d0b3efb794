using Orrery.ModelAgent.Downloads;
using Orrery.Storage.Origins;

namespace Orrery.ModelAgent.Tests.Downloads;

public sealed class RetryPlanTests
{
    private static readonly RetryPlan Plan = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), MaxFailures: 6);

    [Theory]
    [InlineData(1, 0.0, 0.5)]
    [InlineData(1, 1.0, 1.0)]
    [InlineData(3, 0.5, 3.0)]
    [InlineData(6, 1.0, 10.0)]
    public void Waits_double_up_to_the_longest_and_half_of_each_is_chance(int failures, double random, double seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), Plan.Next(OriginFault.Unavailable, failures, null, random));

    [Fact]
    public void What_the_origin_asks_for_is_waited_even_if_it_is_longer()
    {
        Assert.Equal(TimeSpan.FromSeconds(42), Plan.Next(OriginFault.Busy, 1, TimeSpan.FromSeconds(42), 0));
        Assert.Equal(TimeSpan.FromSeconds(0.5), Plan.Next(OriginFault.Busy, 1, TimeSpan.Zero, 0));
    }

    [Fact]
    public void Only_what_may_pass_is_tried_again_and_not_without_end()
    {
        var again = Enum.GetValues<OriginFault>().Where(f => Plan.Next(f, 1, null, 0) is not null);

        Assert.Equal([OriginFault.Busy, OriginFault.Unavailable, OriginFault.Broken], again);
        Assert.Null(Plan.Next(OriginFault.Busy, 7, null, 0));
    }
}
