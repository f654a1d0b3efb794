namespace Orrery.Api.Tests;

public sealed class ApiServerTests
{
    [Fact]
    public async Task A_taken_port_is_an_error_or_another_port_as_asked()
    {
        await using var api = await TestApi.StartAsync();
        var taken = api.Api with { Options = new ApiOptions { Listen = api.Server.Address } };
        var another = taken with { Options = taken.Options with { FreePortIfTaken = true } };
        var authority = api.Authority;

        var error = await Assert.ThrowsAsync<IOException>(() => ApiServer.StartAsync(taken, authority, logging: null, TestContext.Current.CancellationToken));
        await using var second = await ApiServer.StartAsync(another, authority, logging: null, TestContext.Current.CancellationToken);

        Assert.Contains($"{api.Server.Address.Port}", error.Message, StringComparison.Ordinal);
        Assert.NotEqual(api.Server.Address.Port, second.Address.Port);
        Assert.Equal("ok", await api.Client.GetStringAsync(new Uri(second.Address, "/livez"), TestContext.Current.CancellationToken));
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
