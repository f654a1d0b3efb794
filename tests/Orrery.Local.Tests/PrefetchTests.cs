using Orrery.Local.Workloads;

namespace Orrery.Local.Tests;

public sealed class PrefetchTests
{
    [Theory]
    [InlineData(4000, "a b c")]
    [InlineData(2400, "a b")]
    [InlineData(2000, "a")]
    [InlineData(0, "")]
    public void Files_are_read_ahead_in_order_while_they_fit(long available, string expected)
    {
        ModelFile[] files = [new("b", 800), new("c", 900), new("a", 1000)];

        Assert.Equal(expected, string.Join(' ', Prefetch.Chosen(files, available).Select(f => f.Path)));
    }

    [Fact]
    public void What_the_machine_can_give_is_read()
    {
        Assert.Equal(20_000L * 1024, Prefetch.Available("MemTotal: 24684084 kB\nMemAvailable:   20000 kB\n"));
        Assert.Equal(0, Prefetch.Available(""));
    }
}
