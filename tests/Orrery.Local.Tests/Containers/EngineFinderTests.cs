using Orrery.Local.Containers;

namespace Orrery.Local.Tests.Containers;

public sealed class EngineFinderTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("auto", "podman docker", "podman docker", "podman")]
    [InlineData("auto", "podman docker", "docker", "docker")]
    [InlineData("auto", "docker", "", null)]
    [InlineData("docker", "podman docker", "podman docker", "docker")]
    [InlineData("/opt/bin/podman-5", "/opt/bin/podman-5", "/opt/bin/podman-5", "podman")]
    [InlineData("none", "podman docker", "podman docker", null)]
    public async Task The_first_engine_that_is_here_and_answers_runs_containers(string wanted, string here, string answering, string? found)
    {
        var finder = new EngineFinder(new ContainerOptions { Engine = wanted }, here.Split(' ').Contains, (argv, _, _)
            => Task.FromResult(answering.Split(' ').Contains(argv[0]) ? new ToolAnswer(0, "4.3.1\n", "") : new ToolAnswer(1, "", "Cannot connect to the Docker daemon")), TimeProvider.System);

        var engine = await finder.FindAsync(Ct);

        Assert.Equal(found, engine?.Name);
        Assert.Equal(found is null ? null : "4.3.1", engine?.Version);
        Assert.NotEmpty(finder.Missing);
    }

    [Fact]
    public async Task An_engine_that_did_not_answer_is_asked_again_later_and_one_that_did_is_not()
    {
        var time = new ManualTime();
        int asked = 0;
        bool answers = false;
        var finder = new EngineFinder(new ContainerOptions(), p => p == "docker", (_, _, _) =>
        {
            asked++;
            return Task.FromResult(answers ? new ToolAnswer(0, "28", "") : new ToolAnswer(1, "", ""));
        }, time);

        Assert.Null(await finder.FindAsync(Ct));
        Assert.Null(await finder.FindAsync(Ct));
        Assert.Equal(1, asked);
        answers = true;
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(await finder.FindAsync(Ct));
        time.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(await finder.FindAsync(Ct));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task An_image_is_fetched_while_its_replicas_wait_and_a_failure_is_told_and_tried_again()
    {
        var time = new ManualTime();
        var pulled = new TaskCompletionSource<ToolAnswer>();
        int pulls = 0;
        var images = new ContainerImages((argv, _, _) =>
        {
            if (argv[1] != "pull")
                return Task.FromResult(new ToolAnswer(1, "", "no such image"));
            Interlocked.Increment(ref pulls);
            return pulled.Task;
        }, time, Ct);
        var podman = new ContainerEngine("podman", [], "");

        Assert.Equal("ContainerCreating", (await images.NeedAsync(podman, "a:1", "IfNotPresent", Ct))!.Reason);
        Assert.Equal("ContainerCreating", (await images.NeedAsync(podman, "a:1", "IfNotPresent", Ct))!.Reason);
        pulled.SetResult(new ToolAnswer(125, "", "Error: unauthorized"));
        var failed = await Eventually.SeesAsync(async () => await images.NeedAsync(podman, "a:1", "IfNotPresent", Ct) is { Reason: "ErrImagePull" } need ? need : null, () => "no failure");

        Assert.Contains("unauthorized", failed.Message);
        Assert.Equal(1, pulls);
        time.Advance(TimeSpan.FromSeconds(30));
        await images.NeedAsync(podman, "a:1", "IfNotPresent", Ct);
        await Eventually.TrueAsync(() => pulls == 2, () => $"{pulls} pulls");
        Assert.Equal("ErrImageNeverPull", (await images.NeedAsync(podman, "b:1", "Never", Ct))!.Reason);
    }
}
