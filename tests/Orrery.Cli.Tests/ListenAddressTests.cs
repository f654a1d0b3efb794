using Orrery.Cli.Client;
using Orrery.Cli.Up;

namespace Orrery.Cli.Tests;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8081")]
    [InlineData("http://localhost:80")]
    [InlineData("http://[::1]:0/")]
    public void An_address_has_scheme_host_and_port(string text)
        => Assert.Equal(new Uri(text), ListenAddress.Parse("--listen", "http", text));

    [Theory]
    [InlineData("http://0.0.0.0",              "needs a port, as in http://0.0.0.0:8081")]
    [InlineData("http://[::1]",                "needs a port")]
    [InlineData("http://127.0.0.1:",           "needs a port, as in http://127.0.0.1:8081")]
    [InlineData("http://127.0.0.1:8081/v1/",   "paths")]
    [InlineData("http://127.0.0.1:8081/?a=b",  "paths")]
    [InlineData("http://me@127.0.0.1:8081",    "host and port alone")]
    [InlineData("127.0.0.1:8081",              "must start with http://, as in http://127.0.0.1:8081")]
    [InlineData("localhost:8081",              "must start with http://, as in http://localhost:8081")]
    [InlineData("nonsense",                    "'nonsense' is no address such as http://")]
    [InlineData("http://",                     "is no address")]
    public void What_is_missing_or_too_much_is_said(string text, string expected)
    {
        string message = Assert.Throws<CliException>(() => ListenAddress.Parse("--listen", "http", text)).Message;

        Assert.StartsWith($"--listen: '{text}'", message);
        Assert.Contains(expected, message);
    }

    [Theory]
    [InlineData("http://0.0.0.0:8080", "http://127.0.0.1:8080")]
    [InlineData("http://[::]:8080", "http://127.0.0.1:8080")]
    [InlineData("http://192.0.2.7:8080", "http://192.0.2.7:8080")]
    public void Clients_on_this_machine_connect_to_one_address(string listened, string expected)
        => Assert.Equal(expected, ListenAddress.ToConnect(new Uri(listened)));
}
