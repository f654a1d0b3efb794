using Orrery.Local.Limits;

namespace Orrery.Local.Tests.Limits;

public sealed class LimitFormTests
{
    private const string Unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";

    private const string Split =
        "30 23 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755\n31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n" +
        "32 30 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n34 30 0:30 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n";

    // In a container of version 1 the mount shows its own group as the root.
    private const string Inside = "32 30 0:28 /docker/x /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";

    // Files are written "path=text", with _ for a space; folders that can be written to stand alone.
    [Theory]
    [InlineData("the root of version 2 gives to groups below it", Unified, "0::/",
        "/sys/fs/cgroup /sys/fs/cgroup/cgroup.subtree_control=cpu_io_memory_pids", "v2 /sys/fs/cgroup cpu,memory,pids")]
    [InlineData("a shell in a user's slice makes groups beside its scope", Unified, "0::/user/app.slice/shell.scope",
        "/sys/fs/cgroup/user/app.slice /sys/fs/cgroup/user/app.slice/shell.scope /sys/fs/cgroup/user/app.slice/cgroup.subtree_control=memory_pids /sys/fs/cgroup/user/app.slice/shell.scope/cgroup.controllers=memory_pids /sys/fs/cgroup/user/app.slice/shell.scope/cgroup.procs=1_99",
        "v2 /sys/fs/cgroup/user/app.slice memory,pids")]
    [InlineData("a service alone in its group steps aside", Unified, "0::/system/orrery.service",
        "/sys/fs/cgroup/system/orrery.service /sys/fs/cgroup/system/cgroup.subtree_control=memory /sys/fs/cgroup/system/orrery.service/cgroup.controllers=cpu_memory /sys/fs/cgroup/system/orrery.service/cgroup.procs=1_2",
        "v2 /sys/fs/cgroup/system/orrery.service cpu,memory leaf /sys/fs/cgroup/system/orrery.service/orrery-up")]
    [InlineData("with strangers in it nobody is moved", Unified, "0::/system/shell",
        "/sys/fs/cgroup/system/shell /sys/fs/cgroup/system/shell/cgroup.controllers=cpu_memory /sys/fs/cgroup/system/shell/cgroup.procs=1_99", "rlimit")]
    [InlineData("version 2 that may only be read holds nothing", Unified, "0::/", "/sys/fs/cgroup/cgroup.subtree_control=cpu_memory", "rlimit")]
    [InlineData("version 1 beside a version 2 without controllers", Split, "4:memory:/a/b\n2:cpu,cpuacct:/c\n1:pids:/\n0::/",
        "/sys/fs/cgroup/memory/a/b /sys/fs/cgroup/cpu,cpuacct/c /sys/fs/cgroup/pids /sys/fs/cgroup/unified /sys/fs/cgroup/unified/cgroup.subtree_control=hugetlb",
        "v1 cpu:/sys/fs/cgroup/cpu,cpuacct/c memory:/sys/fs/cgroup/memory/a/b pids:/sys/fs/cgroup/pids")]
    [InlineData("version 1 in part", Split, "4:memory:/a\n2:cpu,cpuacct:/c", "/sys/fs/cgroup/memory/a", "v1 memory:/sys/fs/cgroup/memory/a")]
    [InlineData("numbers of processes alone are of no use", Split, "1:pids:/", "/sys/fs/cgroup/pids", "rlimit")]
    [InlineData("the path from the machine's root is cut in a container", Inside, "4:memory:/docker/x/y", "/sys/fs/cgroup/memory/y", "v1 memory:/sys/fs/cgroup/memory/y")]
    [InlineData("a group outside of what is seen", Inside, "4:memory:/../z", "/sys/fs/cgroup/z", "rlimit")]
    [InlineData("nothing mounted", "", "", "", "rlimit")]
    [InlineData("nonsense", "a - b\n - \n30 - cgroup2", "x\n::\n", "", "rlimit")]
    public void The_form_follows_from_what_is_mounted_and_may_be_written(string because, string mounts, string groups, string files, string expected)
    {
        var entries = files.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(f => f.Split('=')).ToList();
        var texts = entries.Where(e => e.Length == 2).ToDictionary(e => e[0], e => e[1].Replace('_', e[0].EndsWith("procs", StringComparison.Ordinal) ? '\n' : ' ') + "\n");
        var writable = entries.Where(e => e.Length == 1).Select(e => e[0]).ToHashSet();

        var form = LimitForms.Choose(new LimitFacts(mounts, groups, texts.GetValueOrDefault, writable.Contains, pid => pid < 10));

        Assert.True(expected == Text(form), $"{because}: {Text(form)}");
    }

    [Fact]
    public void In_version_2_one_group_holds_all_and_ends_as_one()
    {
        var plan = LimitPlan.For(new LimitForm.Version2("/g", ["memory", "cpu", "pids"], "/g/leaf"), new ReplicaLimits(1 << 30, 1.5), "orrery-h", "r");

        Assert.Equal(["/g/orrery-h", "/g/orrery-h/r"], plan.Folders);
        Assert.Equal(
            ["/g/cgroup.subtree_control=+memory +cpu +pids", "/g/orrery-h/cgroup.subtree_control=+memory +cpu +pids", "/g/orrery-h/r/memory.max=1073741824", "/g/orrery-h/r/memory.swap.max=0",
                "/g/orrery-h/r/memory.oom.group=1", "/g/orrery-h/r/cpu.max=150000 100000", "/g/orrery-h/r/pids.max=16384"],
            plan.Writes.Select(w => $"{w.File}={w.Text}"));
        Assert.Equal(["/g/orrery-h/r/cgroup.procs"], plan.Entries);
        Assert.Null(plan.NotHeld);
    }

    [Fact]
    public void In_version_1_each_controller_has_its_group()
    {
        var form = new LimitForm.Version1(new Dictionary<string, string> { ["memory"] = "/m/a", ["cpu"] = "/c", ["pids"] = "/p" });

        var plan = LimitPlan.For(form, new ReplicaLimits(1 << 30, 0.001), "orrery-h", "r");

        Assert.Equal(["/m/a/orrery-h", "/m/a/orrery-h/r", "/c/orrery-h", "/c/orrery-h/r", "/p/orrery-h", "/p/orrery-h/r"], plan.Folders);
        Assert.Equal(
            ["/m/a/orrery-h/r/memory.limit_in_bytes=1073741824", "/m/a/orrery-h/r/memory.memsw.limit_in_bytes=1073741824", "/c/orrery-h/r/cpu.cfs_period_us=100000",
                "/c/orrery-h/r/cpu.cfs_quota_us=1000", "/p/orrery-h/r/pids.max=16384"],
            plan.Writes.Select(w => $"{w.File}={w.Text}"));
        Assert.Equal(["/m/a/orrery-h/r/tasks", "/c/orrery-h/r/tasks", "/p/orrery-h/r/tasks"], plan.Entries);
        Assert.Null(plan.NotHeld);
    }

    [Fact]
    public void Where_no_group_can_be_made_what_is_not_held_is_said()
    {
        var plan = LimitPlan.For(new LimitForm.PerProcess(), new ReplicaLimits(1 << 30, 2), "orrery-h", "r");
        var part = LimitPlan.For(new LimitForm.Version1(new Dictionary<string, string> { ["memory"] = "/m" }), new ReplicaLimits(1 << 30, 2), "orrery-h", "r");

        Assert.Equal(1 << 30, plan.DataBytes);
        Assert.Empty(plan.Folders);
        Assert.Contains("mapped files", plan.NotHeld);
        Assert.Contains("2 processors is not held", plan.NotHeld);
        Assert.DoesNotContain("memory", part.NotHeld);
        Assert.Contains("2 processors is not held", part.NotHeld);
    }

    [Fact]
    public void Without_limits_there_is_no_group()
    {
        var form = new LimitForm.Version2("/g", ["memory"]);

        Assert.Same(LimitPlan.None, LimitPlan.For(form, null, "h", "r"));
        Assert.Same(LimitPlan.None, LimitPlan.For(form, new ReplicaLimits(null, null), "h", "r"));
    }

    private static string Text(LimitForm form) => form switch
    {
        LimitForm.Version2 two => $"v2 {two.Base} {string.Join(',', two.Controllers.Order())}{(two.Leaf is null ? "" : $" leaf {two.Leaf}")}",
        LimitForm.Version1 one => $"v1 {string.Join(' ', one.Bases.OrderBy(b => b.Key).Select(b => $"{b.Key}:{b.Value}"))}",
        _ => form.Label,
    };
}
