using Orrery.Engine.Queue;
using Orrery.Engine.Statistics;

namespace Orrery.Engine.Tests;

public sealed class WorkQueueTests
{
    [Fact]
    public void Requests_run_in_the_order_in_which_they_came()
    {
        var queue = NewQueue(bound: 3);
        var added = new[] { New(), New(), New() };
        foreach (var generation in added)
            queue.Add(generation);

        Assert.Equal(added, new[] { queue.Take(), queue.Take(), queue.Take() });
    }

    [Fact]
    public void One_runs_and_as_many_wait_as_may()
    {
        var queue = NewQueue(bound: 2);
        queue.Add(New());
        queue.Take();
        queue.Add(New());
        queue.Add(New());

        Assert.Equal(2, Assert.Throws<QueueFullException>(() => queue.Add(New())).Bound);

        queue.Finished();
        queue.Add(New());
        Assert.Equal(3, queue.Waiting);
    }

    [Fact]
    public void With_a_bound_of_0_an_idle_model_still_takes_one()
    {
        var queue = NewQueue(bound: 0);
        queue.Add(New());

        Assert.Throws<QueueFullException>(() => queue.Add(New()));
    }

    [Fact]
    public void A_withdrawn_one_makes_room_and_is_not_run()
    {
        var queue = NewQueue(bound: 1);
        Generation first = New(), second = New(), third = New();
        queue.Add(first);
        queue.Add(second);

        queue.Withdraw(first);
        queue.Add(third);

        Assert.Same(second, queue.Take());
        Assert.Same(third, queue.Take());
    }

    [Fact]
    public void Closing_hands_back_those_that_wait_and_ends_the_worker()
    {
        var queue = NewQueue(bound: 2);
        var waiting = New();
        queue.Add(waiting);

        Assert.Equal([waiting], queue.Close());
        Assert.Null(queue.Take());
        Assert.Throws<ObjectDisposedException>(() => queue.Add(New()));
    }

    private static WorkQueue<Generation> NewQueue(int bound) => new(bound, atOnce: 1, typeof(LocalTextModel));

    private static Generation New() => new(new TextRequest { Prompt = [1] }, maxPieces: 1, new ModelCounters(TimeProvider.System).Arrived(1), CancellationToken.None);
}
