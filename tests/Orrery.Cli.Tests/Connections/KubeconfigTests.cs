using Orrery.Cli.Client;
using Orrery.Cli.Connections;

namespace Orrery.Cli.Tests.Connections;

public sealed class KubeconfigTests : IDisposable
{
    private const string Two = """
        apiVersion: v1
        kind: Config
        clusters:
        - {name: a, cluster: {server: "https://10.0.0.1:6443/proxy/a", insecure-skip-tls-verify: true}}
        - {name: b, cluster: {server: "https://10.0.0.2:6443", tls-server-name: api.internal}}
        users:
        - {name: me, user: {token: t0ken}}
        - {name: plugin, user: {exec: {command: aws, apiVersion: client.authentication.k8s.io/v1}}}
        contexts:
        - {name: one, context: {cluster: a, user: me, namespace: team}}
        - {name: two, context: {cluster: b, user: plugin}}
        - {name: nobody, context: {cluster: b}}
        - {name: lost, context: {cluster: none, user: me}}
        current-context: one
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_current_context_says_where_to_go_and_who_one_is()
    {
        var access = ServerAccess.Of(KubeconfigReader.Parse(Two, "config"), context: null);

        Assert.Equal(new Uri("https://10.0.0.1:6443/proxy/a/"), access.Server);
        Assert.Equal(("one", "team", true, "Bearer t0ken"), (access.Context, access.Namespace, access.Insecure, access.Authorization));
    }

    [Fact]
    public void A_context_without_a_user_or_namespace_is_anonymous_in_the_default_one()
    {
        var access = ServerAccess.Of(KubeconfigReader.Parse(Two, "config"), "nobody");

        Assert.Equal((null, "default", "api.internal"), (access.Authorization, access.Namespace, access.TlsServerName));
    }

    [Theory]
    [InlineData("two", "signs in by the program 'aws' (exec)")]
    [InlineData("lost", "there is no cluster 'none'")]
    [InlineData("absent", "There is no context 'absent'; contexts: lost, nobody, one, two.")]
    public void What_cannot_be_used_is_named(string context, string expected)
        => Assert.Contains(expected, Assert.Throws<CliException>(() => ServerAccess.Of(KubeconfigReader.Parse(Two, "config"), context)).Message);

    [Theory]
    [InlineData("clusters: 7", "clusters: must be a list")]
    [InlineData("users:\n- {user: {token: s3cret}}", "users[0].name: must be set")]
    [InlineData("a: b: c", "line 1")]
    [InlineData("a: 1\n---\nb: 2", "one document")]
    public void A_file_that_is_no_kubeconfig_is_told_by_place_and_never_by_value(string text, string expected)
    {
        string message = Assert.Throws<CliException>(() => KubeconfigReader.Parse(text, "config")).Message;

        Assert.StartsWith("config: ", message);
        Assert.Contains(expected, message);
        Assert.DoesNotContain("s3cret", message);
    }

    [Fact]
    public void Of_two_files_the_first_entry_of_a_name_and_the_first_current_context_count()
    {
        var first = KubeconfigReader.Parse("clusters:\n- {name: a, cluster: {server: https://first}}", "1");

        var merged = Kubeconfig.Merge([first, KubeconfigReader.Parse(Two, "2")]);

        Assert.Equal("https://first", merged.Clusters["a"].Server);
        Assert.Equal(["a", "b"], merged.Clusters.Keys.Order());
        Assert.Equal("one", merged.CurrentContext);
    }

    [Fact]
    public void Files_that_an_entry_names_are_beside_the_kubeconfig_and_the_token_file_wins()
    {
        File.WriteAllText(_folder.File("token"), "from-file\n");
        File.WriteAllText(_folder.File("config"), Two.Replace("{token: t0ken}", "{token: t0ken, tokenFile: token}", StringComparison.Ordinal));

        Assert.Equal("Bearer from-file", ServerAccess.Of(KubeconfigReader.Read(_folder.File("config")), null).Authorization);
    }

    [Fact]
    public void A_token_goes_over_plain_http_to_this_machine_alone()
    {
        Kubeconfig To(string server) => KubeconfigReader.Parse(Two.Replace("https://10.0.0.1:6443/proxy/a", server, StringComparison.Ordinal), "config");

        Assert.Equal("Bearer t0ken", ServerAccess.Of(To("http://127.0.0.1:8001"), null).Authorization);
        Assert.Contains("in clear", Assert.Throws<CliException>(() => ServerAccess.Of(To("http://10.0.0.1:8001"), null)).Message);
    }

    [Theory]
    [InlineData("the home by default",              null,  null,  null,  false, false, "/h/kubeconfig", true)]
    [InlineData("a list that is set",               null,  null,  "/a:/b", false, false, "/a /b", false)]
    [InlineData("a home that was given wins",       null,  null,  "/a",  true,  false, "/h/kubeconfig", true)]
    [InlineData("a home that is set wins",          null,  null,  "/a",  false, true,  "/h/kubeconfig", true)]
    [InlineData("a context is not of a set home",   null,  "x",   "/a",  false, true,  "/a", false)]
    [InlineData("a context is looked for in both",  null,  "x",   null,  false, false, "/h/kubeconfig /me/config", false)]
    [InlineData("a context within a given home",    null,  "x",   null,  true,  false, "/h/kubeconfig", true)]
    public void Options_and_environment_choose_the_files(
        string because, string? kubeconfig, string? context, string? list, bool isHomeGiven, bool isHomeSet, string files, bool isHome)
    {
        var choice = ContextChoice.Of(isHomeGiven, isHomeSet, "/h", kubeconfig, context, list, "/me/config");

        Assert.True(files == string.Join(' ', choice.Files) && isHome == choice.Home is not null, $"{because}: {choice.Home} {string.Join(' ', choice.Files)}");
    }

    [Fact]
    public void A_kubeconfig_that_was_named_must_be_there_and_is_not_named_beside_a_home()
    {
        Assert.Contains("there is no file", Assert.Throws<CliException>(() => ContextChoice.Of(false, false, "/h", _folder.File("none"), null, null, "/me")).Message);
        Assert.Contains("two places", Assert.Throws<CliException>(() => ContextChoice.Of(true, false, "/h", _folder.File("none"), null, null, "/me")).Message);
    }

    [Fact]
    public void The_current_context_is_written_where_it_is_set_and_nothing_else_changes()
    {
        string first = _folder.File("1"), second = _folder.File("2");
        File.WriteAllText(first, "clusters: []\n");
        File.WriteAllText(second, Two);

        Assert.Equal(second, CurrentContext.Set([first, _folder.File("none"), second], "two"));

        var after = KubeconfigReader.Read(second);
        Assert.Equal("two", after.CurrentContext);
        Assert.Equal("t0ken", after.Users["me"].Token);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(second));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }
}
