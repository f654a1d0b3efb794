using Orrery.Cli.Output;

namespace Orrery.Cli.Tests;

public sealed class QuantityTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.0 KiB")]
    [InlineData(1054432, "1.0 MiB")]
    [InlineData(1048575, "1.0 MiB")]
    [InlineData(4_661_211_808, "4.3 GiB")]
    public void Bytes_are_shown_in_the_unit_that_keeps_them_short(long bytes, string expected)
        => Assert.Equal(expected, Quantity.Bytes(bytes));
}
