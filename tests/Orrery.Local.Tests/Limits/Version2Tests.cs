using Orrery.Local.Limits;

namespace Orrery.Local.Tests.Limits;

/// <summary>Version 2 with controllers, by the kernel's rules: a group with processes gives none to groups below it.</summary>
public sealed class Version2Tests
{
    private const string Run = "/home/run", Base = "/cg/orrery.service", Leaf = Base + "/orrery-up";

    private static readonly string[] Controllers = ["memory", "cpu", "pids"];

    private static readonly LimitForm Form = new LimitForm.Version2(Base, Controllers, Leaf);

    private static readonly ReplicaLimits Limits = new(1 << 30, 1.5);

    private static string Own(LimitGroup group) => group.Plan.Folders[^1];

    [Fact]
    public void A_service_alone_in_its_group_steps_aside_and_its_replicas_get_their_limits()
    {
        var tree = new Version2Tree(Base, Controllers, 1, 2);

        var group = new LimitGroups(Form, Run, tree).Make("a", Limits);

        Assert.Equal([1, 2], tree.Inside(Leaf));
        Assert.Empty(tree.Inside(Base));
        Assert.Equal(
            ["1073741824", "0", "1", "150000 100000", "16384"],
            new[] { "memory.max", "memory.swap.max", "memory.oom.group", "cpu.max", "pids.max" }.Select(f => tree.Read(Path.Combine(Own(group), f))));
        tree.Put(group.Plan.Entries.Single(), "2");
        Assert.Equal([2], tree.Inside(Own(group)));
    }

    [Fact]
    public void A_process_that_ends_while_it_is_moved_is_in_nobodys_way()
    {
        var tree = new Version2Tree(Base, Controllers, 1, 2, 3) { Dying = { 2 } };

        new LimitGroups(Form, Run, tree).Make("a", Limits);

        Assert.Equal([1, 3], tree.Inside(Leaf));
    }

    [Fact]
    public void What_cannot_be_moved_keeps_the_replica_from_starting_and_leaves_no_group()
    {
        var tree = new Version2Tree(Base, ["memory"]);

        string message = Assert.Throws<IOException>(() => new LimitGroups(Form, Run, tree).Make("a", Limits)).Message;

        Assert.Contains("'+memory +cpu +pids' cannot be written to /cg/orrery.service/cgroup.subtree_control", message);
        Assert.Equal([Base, Leaf], tree.Groups);
    }

    [Fact]
    public void Kills_for_want_of_memory_are_counted_in_the_replicas_own_group()
    {
        var tree = new Version2Tree(Base, Controllers);
        var groups = new LimitGroups(Form, Run, tree);
        var (first, second) = (groups.Make("a", Limits), groups.Make("b", Limits));

        tree.OomKill(Own(first));

        Assert.Equal((1, 0), (first.OomKills(), second.OomKills()));
    }

    [Fact]
    public void A_group_goes_when_it_is_empty_and_the_homes_with_the_last()
    {
        var tree = new Version2Tree(Base, Controllers, 1, 7);
        var groups = new LimitGroups(Form, Run, tree);
        var (first, second) = (groups.Make("a", Limits), groups.Make("b", Limits));
        tree.Put(first.Plan.Entries.Single(), "7");

        groups.Discard(first);
        groups.Discard(second);
        Assert.Equal([Base, Leaf, first.Plan.Folders[0], Own(first)], tree.Groups);

        tree.Inside(Own(first)).Clear();
        groups.RemoveDiscarded();
        Assert.Equal([Base, Leaf], tree.Groups);
    }
}
