using Orrery.Cli.Output;
using Orrery.Cli.Status;

namespace Orrery.Cli.Tests.Status;

public sealed class HomeStatusTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    private static readonly HomeStatus Home = new(
        Now, new Uri("https://127.0.0.1:8443/"), "0.1.0", [new MachineStatus("box", 2, 8L << 30, 2, new ResourceUse(0.5, 4L << 30))], 1,
        [
            new ServiceStatus("default", "stories", "m", "orrery", External: false, 1, 2, new ResourceUse(0.25, 3 << 20), 1, 0, 12.34, Now.AddMinutes(-1), "Starting", "1 of 2"),
            new ServiceStatus("team", "idle", "m", "orrery", External: false, 0, 0, default(ResourceUse), 0, 0, 0, Now.AddMinutes(-5), "ScaledToZero", ""),
            new ServiceStatus("team", "far", "gpt", "external", External: true, 0, 0, default(ResourceUse), 0, 0, null, null, "Answers", ""),
        ],
        [])
    {
        Home = "/home/me/.orrery",
        Since = Now.AddHours(-2),
        Gateway = new Uri("http://127.0.0.1:8080/"),
    };

    [Fact]
    public void A_home_at_a_glance()
        => Assert.Equal(
            """
            Orrery 0.1.0, up 120m, home /home/me/.orrery
            gateway http://127.0.0.1:8080, API https://127.0.0.1:8443
            box: 2 processors, 0.50 used (25 %); memory 4.0 GiB of 8.0 GiB (50 %) used
            accelerators 1 of 2

            NAMESPACE   NAME      MODEL   RUNTIME    REPLICAS   MEMORY    CPU    IN FLIGHT   WAITING   TOKENS/S   LAST USED   STATE
            default     stories   m       orrery     1/2        3.0 MiB   0.25   1           0         12.3       now         Starting
            team        idle      m       orrery     0/0        0 B       0.00   0           0         0.0        5m ago      ScaledToZero
            team        far       gpt     external   -          -         -      0           0         -          never       Answers

            default/stories: 1 of 2

            """.Replace("\r", "", StringComparison.Ordinal),
            HomeStatusText.Of(Home, namespaces: true));

    [Fact]
    public void Why_services_are_not_ready_is_told_in_a_line_each_and_not_of_all()
    {
        var many = Enumerable.Range(0, 12).Select(i => Home.Services[0] with { Name = $"s{i}", Message = i == 0 ? $"a\nb{new string('x', 500)}" : "why" }).ToList();

        string[] lines = HomeStatusText.Of(Home with { Services = many }, namespaces: false).TrimEnd('\n').Split('\n')[^11..];

        Assert.StartsWith("s0: a bxxx", lines[0], StringComparison.Ordinal);
        Assert.Equal(205, lines[0].Length);
        Assert.Equal(("s9: why", "and 2 more"), (lines[9], lines[10]));
    }

    [Fact]
    public void A_server_that_tells_little_is_shown_with_what_is_missing()
        => Assert.Equal(
            """
            Orrery
            API https://10.0.0.1:6443
            not shown: memory and processors (the server has no metrics.k8s.io)

            NAME      MODEL   RUNTIME   REPLICAS   MEMORY   CPU   IN FLIGHT   WAITING   TOKENS/S   LAST USED   STATE
            stories   m       orrery    1/1        -        -     -           -         -          -           ReplicasReady

            """.Replace("\r", "", StringComparison.Ordinal),
            HomeStatusText.Of(
                new HomeStatus(
                    Now, new Uri("https://10.0.0.1:6443/"), null, [], 0,
                    [new ServiceStatus("default", "stories", "m", "orrery", External: false, 1, 1, null, null, null, null, null, "ReplicasReady", "")],
                    ["memory and processors (the server has no metrics.k8s.io)"]),
                namespaces: false));

    [Fact]
    public void A_home_without_services_says_how_to_get_one()
        => Assert.Contains("No services. Create one with: orrery apply -f FILE", HomeStatusText.Of(Home with { Services = [] }, namespaces: true), StringComparison.Ordinal);

    [Fact]
    public void Programs_get_numbers_and_nothing_that_is_not_known()
    {
        var json = HomeStatusJson.Of(Home);

        Assert.Equal("https://127.0.0.1:8443", json["server"]!.ToString());
        Assert.Equal("2026-01-31T10:00:00Z", json["since"]!.ToString());
        Assert.Equal(4294967296, (long)json["machines"]![0]!["memoryUsedBytes"]!);
        Assert.Equal((3145728L, 12.34, "1 of 2"), ((long)json["services"]![0]!["memoryBytes"]!, (double)json["services"]![0]!["tokensPerSecond"]!, json["services"]![0]!["message"]!.ToString()));
        Assert.False(json["services"]![2]!.AsObject().ContainsKey("tokensPerSecond"));
    }

    [Theory]
    [InlineData("what has room is shown whole", "ab\ncd\n", 9, 3, "\e[Hab\e[K\r\ncd\e[K\e[J")]
    [InlineData("as high as the window", "ab\ncd\n", 9, 2, "\e[Hab\e[K\r\ncd\e[K\e[J")]
    [InlineData("long lines are cut", "abcdef\n", 3, 3, "\e[Habc\e[K\e[J")]
    [InlineData("many lines are cut with their number", "a\nb\nc\nd\n", 20, 3, "\e[Ha\e[K\r\nb\e[K\r\n… 2 more lines\e[K\e[J")]
    [InlineData("a window of one line", "a\nb\n", 20, 1, "\e[H… 2 more lines\e[K\e[J")]
    public void A_frame_overwrites_the_one_before(string because, string text, int width, int height, string expected)
        => Assert.True(expected == TerminalScreen.Frame(text, width, height), $"{because}: {TerminalScreen.Frame(text, width, height)}");

    [Fact]
    public void A_screen_gives_the_terminal_back_as_it_was()
    {
        var output = new StringWriter();

        using (var screen = new TerminalScreen(output, () => (80, 24)))
            screen.Show("a\n");

        Assert.StartsWith("\e[?1049h\e[?25l", output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\e[?25h\e[?1049l", output.ToString(), StringComparison.Ordinal);
    }
}
