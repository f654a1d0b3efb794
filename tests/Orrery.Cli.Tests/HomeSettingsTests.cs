using System.Collections;
using Orrery.Cli.Client;
using Orrery.Cli.Up;
using Orrery.Gateway;

namespace Orrery.Cli.Tests;

public sealed class HomeSettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private GatewayOptions Load(string yaml, params (string Name, string Value)[] environment)
    {
        File.WriteAllText(_folder.File("config.yaml"), yaml);
        return HomeSettings.Load(_folder.File("config.yaml"), new Hashtable(environment.ToDictionary(e => e.Name, e => e.Value))).Gateway;
    }

    [Fact]
    public void Without_a_file_everything_has_its_default()
        => Assert.Equal(new GatewayOptions(), HomeSettings.Load(_folder.File("absent.yaml"), new Hashtable()).Gateway);

    [Fact]
    public void The_file_changes_what_it_names_and_the_environment_what_it_names_after_that()
    {
        var options = Load("gateway: {idleTimeout: 00:00:07, maxWaiting: 3}", ("ORRERY_GATEWAY__MAXWAITING", "4"), ("ORRERY_HOME", "/x"), ("OTHER__X", "1"));

        Assert.Equal(new GatewayOptions { IdleTimeout = TimeSpan.FromSeconds(7), MaxWaiting = 4 }, options);
    }

    [Theory]
    [InlineData("gateway: {maxWating: 3}", "maxWating")]
    [InlineData("gatway: {}", "gatway")]
    [InlineData("gateway: {maxWaiting: many}", "maxWaiting")]
    [InlineData("gateway: {idleTimeout: 5 seconds}", "idleTimeout")]
    [InlineData("gateway: 7", "gateway")]
    [InlineData("a: [", "line")]
    [InlineData("a: 1\n---\nb: 2", "2")]
    public void A_setting_that_cannot_be_read_is_named(string yaml, string expected)
    {
        string message = Assert.Throws<CliException>(() => Load(yaml)).Message;

        Assert.Contains("config.yaml", message);
        Assert.Contains(expected, message);
    }
}
