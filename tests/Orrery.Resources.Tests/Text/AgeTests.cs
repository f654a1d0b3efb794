using Orrery.Resources.Text;

namespace Orrery.Resources.Tests.Text;

public sealed class AgeTests
{
    [Theory]
    [InlineData(-5, "<invalid>")]
    [InlineData(-1, "0s")]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(5 * 60 + 12, "5m12s")]
    [InlineData(10 * 60 + 12, "10m")]
    [InlineData(3 * 3600 + 20 * 60, "3h20m")]
    [InlineData(9 * 3600 + 20 * 60, "9h")]
    [InlineData(2 * 86400 + 4 * 3600, "2d4h")]
    [InlineData(400 * 86400, "400d")]
    [InlineData(3 * 365 * 86400 + 86400, "3y1d")]
    [InlineData(9L * 365 * 86400, "9y")]
    public void Reads_as_kubectl_has_it(long seconds, string expected) => Assert.Equal(expected, Age.Text(TimeSpan.FromSeconds(seconds)));
}
