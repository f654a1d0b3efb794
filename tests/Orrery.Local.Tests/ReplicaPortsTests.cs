using Orrery.Local.Workloads;

namespace Orrery.Local.Tests;

public sealed class ReplicaPortsTests
{
    [Fact]
    public void A_port_that_was_just_given_is_not_given_again()
    {
        var drawn = new Queue<int>([7, 7, 7, 8]);
        var ports = new ReplicaPorts(drawn.Dequeue);

        Assert.Equal([7, 8], new[] { ports.Next(), ports.Next() });
    }

    [Fact]
    public void A_port_comes_back_after_many_others()
    {
        var drawn = new Queue<int>([.. Enumerable.Range(1, ReplicaPorts.Kept + 1), 2, 1]);
        var ports = new ReplicaPorts(drawn.Dequeue);
        for (int i = 0; i <= ReplicaPorts.Kept; i++)
            ports.Next();

        Assert.Equal(1, ports.Next());
    }

    [Fact]
    public void A_system_with_one_port_is_an_error_and_not_a_hang()
    {
        var ports = new ReplicaPorts(() => 7);
        ports.Next();

        Assert.Throws<IOException>(() => ports.Next());
    }
}
