using System.Net;
using System.Net.Sockets;
using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>What keeps <c>up</c> from starting is one clear line and exit code 1.</summary>
public sealed class StartErrorTests(SharedUp shared) : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private static async Task RefusedAsync(string expected, params string[] arguments)
    {
        var ran = await Shell.RunAsync(Repository.File("orrery"), arguments);

        Assert.True(ran.Code == 1, ran.ToString());
        string line = Assert.Single(ran.Errors.TrimEnd('\n').Split('\n'));
        Assert.Contains(expected, line);
        Assert.DoesNotContain("   at ", ran.ToString());
    }

    private string[] Up(params string[] more) => ["up", "--home", _folder.File("home"), "--listen", "http://127.0.0.1:0", "--listen-api", "https://127.0.0.1:0", .. more];

    [Theory]
    [InlineData("--listen", "http")]
    [InlineData("--listen-api", "https")]
    public async Task A_port_in_use_is_named(string option, string scheme)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var others = Up().TakeWhile(a => a != option).Concat(Up().SkipWhile(a => a != option).Skip(2));

        await RefusedAsync($":{port}", [.. others, option, $"{scheme}://127.0.0.1:{port}"]);
    }

    [Fact]
    public async Task A_home_that_is_a_file_or_that_cannot_be_made_is_named()
    {
        await File.WriteAllTextAsync(_folder.File("file"), "", Ct);

        await RefusedAsync(_folder.File("file"), "up", "--home", _folder.File("file"));
        await RefusedAsync("/proc/nowhere", "up", "--home", "/proc/nowhere");
    }

    [Fact]
    public Task A_second_up_on_the_same_home_names_the_first()
        => RefusedAsync(
            shared.Up.Process.Id.ToString(), "up", "--home", shared.Up.Home, "--listen", "http://127.0.0.1:0", "--listen-api", "https://127.0.0.1:0");

    [Theory]
    [InlineData("magic")]
    [InlineData("truncated")]
    [InlineData("count")]
    [InlineData("empty")]
    public async Task A_broken_model_file_is_named_by_up_and_by_engine(string damage)
    {
        byte[] bytes = await File.ReadAllBytesAsync(Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"), Ct);
        bytes = damage switch
        {
            "magic" => [.. "NOPE"u8, .. bytes[4..]],
            "truncated" => bytes[..(bytes.Length / 2)],
            "count" => [.. bytes[..8], .. Enumerable.Repeat((byte)0x7f, 8), .. bytes[16..]],
            _ => [],
        };
        string model = _folder.File("broken.gguf");
        await File.WriteAllBytesAsync(model, bytes, Ct);

        await RefusedAsync("broken.gguf", Up("--model", model));
        await RefusedAsync("broken.gguf", "engine", "--model", model, "--port", "0");
    }

    [Fact]
    public async Task A_wrong_setting_is_named()
    {
        Directory.CreateDirectory(_folder.File("home"));
        await File.WriteAllTextAsync(_folder.File("home/config.yaml"), "gateway: {maxWaiting: -1}\n", Ct);
        await RefusedAsync("gateway.maxWaiting: -1", Up());

        await File.WriteAllTextAsync(_folder.File("home/config.yaml"), "gateway: {maxWating: 1}\n", Ct);
        await RefusedAsync("maxWating", Up());

        await File.WriteAllTextAsync(_folder.File("home/config.yaml"), "gateway: [\n", Ct);
        await RefusedAsync("config.yaml", Up());

        await File.WriteAllTextAsync(_folder.File("home/config.yaml"), "gateway: null\n", Ct);
        await RefusedAsync("gateway: nothing must be a section", Up());
    }

    [Fact]
    public Task A_model_file_that_is_not_there_is_told_in_the_same_words_by_up_and_by_engine()
        => Task.WhenAll(
            RefusedAsync("There is no model file 'none.gguf'.", Up("--model", "none.gguf")),
            RefusedAsync("There is no model file 'none.gguf'.", "engine", "--model", "none.gguf"));

    [Theory]
    [InlineData("--listen", "https://127.0.0.1:0", "http://")]
    [InlineData("--listen-api", "http://127.0.0.1:0", "https://")]
    [InlineData("--listen", "nonsense", "nonsense")]
    [InlineData("--listen", "http://127.0.0.1", "needs a port")]
    public Task An_address_of_the_wrong_kind_is_named(string option, string value, string expected)
        => RefusedAsync(expected, "up", "--home", _folder.File("home"), option, value);

    [Theory]
    [InlineData("admin.key")]
    [InlineData("admin.key.new")]
    public async Task A_folder_where_the_admin_key_belongs_is_named(string name)
    {
        Directory.CreateDirectory(_folder.File("home/" + name));

        await RefusedAsync($"{name} is a folder", Up());
    }

    [Fact]
    public async Task A_home_without_a_name_a_run_folder_and_a_socket_folder_that_are_not_there_are_named()
    {
        await RefusedAsync("--home: '' must be a folder", "up", "--home", "");
        await RefusedAsync("--home: needs a value", "up", "--home");
        await RefusedAsync("/nonexistent", "supervise", "/nonexistent");
        await RefusedAsync(_folder.File("none/x.sock"), "engine", "--model", Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"), "--socket", _folder.File("none/x.sock"));
    }

    [Fact]
    public async Task A_port_in_use_is_told_by_engine_alone_not_by_its_host()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString();

        var ran = await Shell.RunAsync(Repository.File("orrery"), ["engine", "--model", Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"), "--port", port]);

        Assert.True(ran.Code == 1 && ran.Output.Length == 0, ran.ToString());
        Assert.Contains($":{port}", Assert.Single(ran.Errors.TrimEnd('\n').Split('\n')));
    }
}
