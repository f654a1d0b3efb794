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

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999, "999")]
    [InlineData(260032, "260K")]
    [InlineData(999_999, "1M")]
    [InlineData(1_235_814_400, "1.2B")]
    [InlineData(7_241_732_096, "7.2B")]
    public void Counts_are_shown_as_model_names_have_them(long count, string expected)
        => Assert.Equal(expected, Quantity.Count(count));
}
