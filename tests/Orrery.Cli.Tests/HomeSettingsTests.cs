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
    [InlineData("gateway: {maxWating: 3}",            "gateway.maxWating: there is no such setting; there are maxBodyBytes, ")]
    [InlineData("gatway: {}",                         "gatway: there is no such setting; sections are gateway")]
    [InlineData("gateway: {maxWaiting: many}",        "gateway.maxWaiting: 'many' must be a whole number")]
    [InlineData("gateway: {maxWaiting: 1.5}",         "gateway.maxWaiting: 1.5 must be a whole number")]
    [InlineData("gateway: {maxWaiting: 99999999999}", "gateway.maxWaiting: 99999999999 must be a whole number")]
    [InlineData("gateway: {maxWaiting: }",            "gateway.maxWaiting: nothing must be a whole number")]
    [InlineData("gateway: {maxWaiting: -1}",          "gateway.maxWaiting: -1 must be between")]
    [InlineData("gateway: {idleTimeout: 5 seconds}",  "gateway.idleTimeout: '5 seconds' must be a time such as 00:01:00")]
    [InlineData("gateway: {IDLETIMEOUT: 7}",          "gateway.idleTimeout: 7 must be a time such as 00:01:00")]
    [InlineData("gateway: 7",                         "gateway: 7 must be a section with settings")]
    [InlineData("gateway: null",                      "gateway: nothing must be a section with settings")]
    [InlineData("serving: {memoryBudget: 120%}",      "serving.memoryBudget: '120%' must be bytes such as 24Gi")]
    [InlineData("containers: {engine: podmn}",        "containers.engine: 'podmn' must be auto, podman, docker, none")]
    [InlineData("containers: {network: bridge}",      "containers.network: 'bridge' must be published or host")]
    [InlineData("serving: {memoryBudget: most}",      "serving.memoryBudget: 'most' must be bytes such as 24Gi")]
    [InlineData("a: [",                               "line")]
    [InlineData("- a",                                "must be a mapping: lines of NAME: VALUE")]
    [InlineData("a: 1\n---\nb: 2",                    "there must be one document, not 2")]
    public void A_setting_that_cannot_be_read_is_named_with_its_file(string yaml, string expected)
    {
        string message = Assert.Throws<CliException>(() => Load(yaml)).Message;

        Assert.StartsWith($"{_folder.File("config.yaml")}: ", message);
        Assert.Contains(expected, message);
    }

    [Theory]
    [InlineData("ORRERY_GATEWAY__IDLETIMEOUT", "soon", "gateway.idleTimeout: 'soon' must be a time such as 00:01:00")]
    [InlineData("ORRERY_GATEWAY__MAXWAITING",  "-1",   "gateway.maxWaiting: -1 must be between")]
    [InlineData("ORRERY_GATEWAY__NONE",        "1",    "gateway.NONE: there is no such setting")]
    [InlineData("ORRERY_GATEWAY__",            "1",    "gateway.: there is no such setting")]
    public void A_variable_that_cannot_be_read_is_named(string name, string value, string expected)
        => Assert.StartsWith($"variable {name}: {expected}", Assert.Throws<CliException>(() => Load("gateway: {maxWaiting: 3}", (name, value))).Message);

    [Fact]
    public void A_file_that_is_no_text_or_no_file_is_named()
    {
        File.WriteAllBytes(_folder.File("config.yaml"), [0xff, 0xfe]);
        Directory.CreateDirectory(_folder.File("folder"));

        Assert.Contains("UTF-8", Assert.Throws<CliException>(() => HomeSettings.Load(_folder.File("config.yaml"), new Hashtable())).Message);
        Assert.Contains("is a folder", Assert.Throws<CliException>(() => HomeSettings.Load(_folder.File("folder"), new Hashtable())).Message);
    }
}
