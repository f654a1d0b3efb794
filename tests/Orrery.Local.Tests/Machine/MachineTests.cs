using Orrery.Local.Machine;

namespace Orrery.Local.Tests.Machine;

public sealed class MachineTests
{
    [Fact]
    public void A_processor_is_named_counted_and_asked_for_what_kernels_use()
    {
        const string X86 = "processor\t: 0\nmodel name\t: AMD EPYC 9654\nflags\t\t: fpu avx2 fma f16c avx512f avx512_vnni sse\n\nprocessor\t: 1\nmodel name\t: AMD EPYC 9654\nflags\t\t: fpu\n";
        const string Arm = "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd asimddp i8mm sve\nCPU implementer\t: 0x41\n";

        var x86 = CpuFacts.Parse(X86);
        var arm = CpuFacts.Parse(Arm);

        Assert.Equal(("AMD EPYC 9654", 2), (x86.Model, x86.Processors));
        Assert.Equal(["AVX2", "FMA3", "F16C", "AVX512F", "AVX512VNNI"], x86.Features);
        Assert.Equal(("", 1), (arm.Model, arm.Processors));
        Assert.Equal(["ASIMD", "ASIMDDP", "I8MM", "SVE"], arm.Features);
        Assert.Equal(0, CpuFacts.Parse("").Processors);
    }

    [Theory]
    [InlineData("version 2", "memory.max=8589934592 cpu.max=150000_100000", 8589934592L, 1500L)]
    [InlineData("version 2 without limits", "memory.max=max cpu.max=max_100000", null, null)]
    [InlineData("version 1", "memory.limit_in_bytes=1073741824 cpu.cfs_quota_us=200000 cpu.cfs_period_us=100000", 1073741824L, 2000L)]
    [InlineData("version 1 without limits", "memory.limit_in_bytes=9223372036854771712 cpu.cfs_quota_us=-1 cpu.cfs_period_us=100000", null, null)]
    [InlineData("nothing", "", null, null)]
    [InlineData("nonsense", "memory.max=x cpu.max=1_2_3", null, null)]
    public void Limits_of_control_groups_are_read(string because, string files, long? memory, long? cpus)
    {
        var texts = files.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split('=')).ToDictionary(f => f[0], f => f[1].Replace('_', ' ') + "\n");

        var limits = CgroupLimits.Parse(texts.GetValueOrDefault);

        Assert.True(limits == new CgroupLimits(memory, cpus), $"{because}: {limits}");
    }

    [Fact]
    public void The_limits_of_every_group_above_count_too()
    {
        Assert.Equal(
            ["sys/fs/cgroup/a/b", "sys/fs/cgroup/a", "sys/fs/cgroup", "sys/fs/cgroup/unified/a/b", "sys/fs/cgroup/unified/a", "sys/fs/cgroup/unified"],
            CgroupLimits.Folders("0::/a/b\n"));
        Assert.Equal(
            ["sys/fs/cgroup/memory/docker/x", "sys/fs/cgroup/memory/docker", "sys/fs/cgroup/memory", "sys/fs/cgroup/cpu", "sys/fs/cgroup/cpu,cpuacct"],
            CgroupLimits.Folders("9:memory:/docker/x\n8:pids:/docker\n4:cpu,cpuacct:/\n"));
        Assert.Equal(new CgroupLimits(5, 1500), CgroupLimits.Smallest([new(null, 2000), new(5, null), new(7, 1500)]));
    }

    [Theory]
    [InlineData("Box", "box")]
    [InlineData("my_box.example.COM", "my-box.example.com")]
    [InlineData("-", "localhost")]
    [InlineData("a..b-", "a.b")]
    public void A_hosts_name_becomes_one_that_kubernetes_allows(string hostname, string expected) => Assert.Equal(expected, MachineNode.Name(hostname));

    [Fact]
    public void This_machine_can_be_read()
    {
        Assert.Equal(25276502016, MachineInventory.Memory("MemTotal:       24684084 kB\nMemFree:        20754072 kB\n"));
        Assert.Equal("Debian GNU/Linux 12 (bookworm)", MachineInventory.OsImage("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"x\"\n"));
        Assert.True(MachineInventory.Memory(new MachineFiles().Read("proc/meminfo") ?? "") > 0);
    }
}
