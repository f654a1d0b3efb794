using Orrery.Local.Containers;
using Orrery.Local.Machine;
using Orrery.Resources;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Tests.Containers;

public sealed class ContainerCommandTests
{
    private static readonly ContainerEngine Podman = new("podman", ["--runtime", "runc"], "4.3.1"), Docker = new("/opt/docker", [], "28.5.2");
    private static readonly Accelerator Nvidia = new("NVIDIA", "nvidia.com/gpu", "H200", null, "GPU-1"), Amd = new("AMD", "amd.com/gpu", "MI300X", null, "9223372036854775809");

    private static readonly ContainerTemplate Template = new() { Image = "vllm:1", Port = 8000, Command = ["vllm", "serve"], Args = ["--port", "$(PORT)"] };

    [Fact]
    public void The_engine_runs_the_image_on_a_loopback_port_with_its_command_and_arguments()
    {
        var argv = Of(Podman, Template with { WorkingDirectory = "/work", Mounts = [new("/models/a,b", "/models/a,b")] }).Argv;

        Assert.Equal(["podman", "--runtime", "runc", "run", "--name", "orrery-1-2"], argv.Take(6));
        Assert.Contains("127.0.0.1:41000:8000", argv);
        Assert.Contains("type=bind,\"source=/models/a,b\",\"target=/models/a,b\",readonly", argv);
        Assert.Equal("/work", argv[argv.ToList().IndexOf("--workdir") + 1]);
        Assert.Equal(["--entrypoint", "vllm", "vllm:1", "serve", "--port", "8000"], argv.TakeLast(6));
    }

    [Fact]
    public void Without_a_command_the_image_has_its_own()
        => Assert.Equal(["vllm:1", "--port", "8000"], Of(Podman, Template with { Command = [] }).Argv.TakeLast(3));

    [Fact]
    public void On_the_machines_network_it_is_told_the_port_of_its_own()
    {
        var argv = Of(Podman, Template, new ContainerOptions { HostNetwork = true }).Argv;

        Assert.Equal(["--port", "41000"], argv.TakeLast(2));
        Assert.DoesNotContain("--publish", argv);
        Assert.Contains("$(PORT)", ContainerCommand.Problem(Template with { Args = [] }, hostNetwork: true));
        Assert.Null(ContainerCommand.Problem(Template with { Args = [] }, hostNetwork: false));
    }

    [Fact]
    public void Values_of_variables_stand_in_no_argument_and_those_that_the_engine_would_heed_not_in_its_environment()
    {
        var command = Of(Podman, Template with { Env = [new("TOKEN", "", new SecretValue("s", "k", "1")), new("PATH", "/opt/bin"), new("AT", "$(PORT)")] },
            values: new() { ["TOKEN"] = "hidden $(PORT)", ["PATH"] = "/opt/bin", ["AT"] = "$(PORT)" });

        Assert.Equal(new Dictionary<string, string> { ["TOKEN"] = "hidden $(PORT)", ["AT"] = "8000" }, command.Environment);
        Assert.DoesNotContain(command.Argv, a => a.Contains("hidden", StringComparison.Ordinal));
        Assert.Contains("PATH=/opt/bin", command.Argv);
    }

    [Theory]
    [InlineData("PATH")]
    [InlineData("LD_PRELOAD")]
    [InlineData("DOCKER_HOST")]
    [InlineData("https_proxy")]
    public void A_secret_that_the_engine_would_take_for_its_own_is_refused(string name)
        => Assert.Contains(name, ContainerCommand.Problem(Template with { Env = [new(name, "", new SecretValue("s", "k", "1"))] }, hostNetwork: false));

    [Theory]
    [InlineData("")]
    [InlineData("--privileged")]
    public void What_is_no_image_is_refused(string image)
        => Assert.Contains("names no image", ContainerCommand.Problem(Template with { Image = image }, hostNetwork: false));

    [Fact]
    public void Limits_are_the_engines()
    {
        var argv = Of(Podman, Template, resources: new WorkloadResources(1 << 30, 1.5, null)).Argv;

        Assert.Contains("--memory=1073741824b", argv);
        Assert.Contains("--memory-swap=1073741824b", argv);
        Assert.Contains("--cpus=1.5", argv);
    }

    [Fact]
    public void Accelerators_are_given_by_what_the_engine_has_for_them()
    {
        Assert.Contains("--device=nvidia.com/gpu=GPU-1", Of(Podman, Template, accelerators: [Nvidia]).Argv);
        Assert.Contains("--gpus=\"device=GPU-1,GPU-2\"", Of(Docker, Template, accelerators: [Nvidia, Nvidia with { Id = "GPU-2" }]).Argv);
        var amd = Of(Docker, Template, accelerators: [Amd], devices: new() { ["ROCR_VISIBLE_DEVICES"] = "GPU-8000000000000001" });
        Assert.Contains("--device=/dev/kfd", amd.Argv);
        Assert.Contains("--device=/dev/dri", amd.Argv);
        Assert.Equal("GPU-8000000000000001", amd.Environment["ROCR_VISIBLE_DEVICES"]);
    }

    [Fact]
    public void A_container_without_accelerators_sees_none_whatever_its_image_asks_for()
        => Assert.Equal("void", Of(Docker, Template, devices: new() { ["CUDA_VISIBLE_DEVICES"] = "" }).Environment["NVIDIA_VISIBLE_DEVICES"]);

    [Theory]
    [InlineData(125, 125, "", "could not start")]
    [InlineData(126, 0, "false 0001-01-01 00:00:00 +0000 UTC", "could not run the command")]
    [InlineData(127, 0, "false 0001-01-01T00:00:00Z", "did not find the command")]
    [InlineData(127, 0, "false 2026-01-01T00:00:00Z", null)]
    [InlineData(1, 0, "false 2026-01-01T00:00:00Z", null)]
    public void What_never_began_is_told_from_what_ended(int code, int asked, string said, string? why)
    {
        var end = ContainerEnd.Of(Podman, code, new ToolAnswer(asked, said + "\n", ""));

        Assert.Equal(why is null, end.NeverBegan is null);
        Assert.Contains(why ?? "", end.NeverBegan ?? "");
    }

    [Fact]
    public void Want_of_memory_is_told()
        => Assert.True(ContainerEnd.Of(Podman, 137, new ToolAnswer(0, "true 2026-01-01 00:00:00 +0000 UTC\n", "")).OomKilled);

    private static ContainerCommand Of(
        ContainerEngine engine, ContainerTemplate template, ContainerOptions? options = null, Dictionary<string, string>? values = null, WorkloadResources? resources = null,
        IReadOnlyList<Accelerator>? accelerators = null, Dictionary<string, string>? devices = null)
        => ContainerCommand.For(engine, options ?? new(), new ContainerRun("orrery-1-2", "orrery-1", new Workload
        {
            Key = new WorkloadKey("default", "a"),
            Owner = new OwnerReference { ApiVersion = "v1", Kind = "Secret", Name = "o", Uid = "u" },
            Revision = "r1",
            Replicas = 1,
            Container = template,
            Probe = new Probe(),
            Resources = resources ?? WorkloadResources.Unlimited,
        }, 41000, values ?? [], accelerators ?? [], devices ?? []));
}
