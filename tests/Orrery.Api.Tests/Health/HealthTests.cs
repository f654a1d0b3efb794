using System.Net;

namespace Orrery.Api.Tests.Health;

public sealed class HealthTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/livez", "ok")]
    [InlineData("/healthz", "ok")]
    [InlineData("/readyz", "ok")]
    [InlineData("/livez?verbose", "[+]ping ok\nlivez check passed\n")]
    [InlineData("/readyz?verbose", "[+]ping ok\n[+]store ok\nreadyz check passed\n")]
    [InlineData("/readyz?verbose&exclude=store", "[+]ping ok\n[+]store excluded: ok\nreadyz check passed\n")]
    [InlineData("/readyz/store", "ok")]
    public async Task Each_check_answers(string path, string expected)
    {
        await using var api = await TestApi.StartAsync();

        Assert.Equal(expected, await api.Client.GetStringAsync(path, Ct));
    }

    [Fact]
    public async Task A_check_of_its_own_asks_for_a_key()
    {
        await using var api = await TestApi.StartAsync();
        using var anonymous = api.NewClient(key: null);

        Assert.Equal("ok", await anonymous.GetStringAsync("/healthz", Ct));
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync("/readyz/store", Ct)).StatusCode);
    }
}
