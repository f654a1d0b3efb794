namespace Orrery.Api.Tests;

public sealed class ApiServerTests
{
    [Fact]
    public async Task A_taken_port_is_an_error_or_another_port_as_asked()
    {
        await using var first = await TestApi.StartAsync();
        var taken = first.Server.Address;

        var error = await Assert.ThrowsAsync<IOException>(() => TestApi.StartAsync(o => o with { Listen = taken }));
        await using var second = await TestApi.StartAsync(o => o with { Listen = taken, FreePortIfTaken = true });

        Assert.Contains($"{taken.Port}", error.Message, StringComparison.Ordinal);
        Assert.NotEqual(taken.Port, second.Server.Address.Port);
        Assert.Equal("ok", await second.Client.GetStringAsync("/livez", TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8443", "https://")]
    [InlineData("https://models.example:8443", "IP address or localhost")]
    public void Options_say_what_is_wrong_with_them(string listen, string expected)
        => Assert.Contains(expected, Assert.Single(new ApiOptions { Listen = new Uri(listen) }.Problems()), StringComparison.Ordinal);

    [Fact]
    public void Every_option_out_of_range_is_named_at_once()
        => Assert.Equal(
            ["api.maxBodyBytes", "api.maxConnections", "api.maxWatch", "api.bookmarkPeriod"],
            new ApiOptions { MaxBodyBytes = 1, MaxConnections = 0, MaxWatch = TimeSpan.Zero, BookmarkPeriod = TimeSpan.Zero }.Problems().Select(p => p.Split(':')[0]));
}
