using System.Text.Json;
using Orrery.Resources.Models;
using Orrery.Resources.Text;

namespace Orrery.Resources.Tests.Text;

public sealed class QuantitiesTests
{
    [Theory]
    [InlineData("80Gi", 80.0 * 1024 * 1024 * 1024)]
    [InlineData("500m", 0.5)]
    [InlineData("1e3", 1000.0)]
    [InlineData("4", 4.0)]
    [InlineData("1.5k", 1500.0)]
    [InlineData("3E", 3e18)]
    [InlineData("-2Mi", -2.0 * 1024 * 1024)]
    [InlineData("", null)]
    [InlineData("lots", null)]
    [InlineData("Gi", null)]
    public void A_quantity_is_a_number_with_a_unit(string text, double? expected) => Assert.Equal(expected, Quantities.Parse(text));

    [Fact]
    public void It_may_stand_as_a_number_or_as_text()
    {
        Assert.Equal(2, Quantities.Parse(JsonDocument.Parse("2").RootElement));
        Assert.Equal(2000, Quantities.Parse(JsonDocument.Parse("\"2k\"").RootElement));
        Assert.Null(Quantities.Parse(JsonDocument.Parse("true").RootElement));
        Assert.Null(Quantities.Parse((JsonElement?)null));
    }

    [Theory]
    [InlineData(260_000, "260K")]
    [InlineData(8_030_261_248, "8.03B")]
    [InlineData(70_553_706_496, "70.6B")]
    [InlineData(999_600_000, "1B")]
    [InlineData(1.5e12, "1.5T")]
    [InlineData(1_250_000_000, "1.25B")]
    [InlineData(7_241_732_096, "7.24B")]
    [InlineData(999_999, "1M")]
    [InlineData(999, "999")]
    [InlineData(12, "12")]
    [InlineData(0, "0")]
    public void A_number_of_weights_is_written_as_people_do_and_reads_back(double count, string expected)
    {
        Assert.Equal(expected, ParameterSize.Text(count));
        if (char.IsAsciiLetter(expected[^1]))
            Assert.InRange(ParameterSize.Parse(expected)!.Value / count, 0.99, 1.01);
    }
}
