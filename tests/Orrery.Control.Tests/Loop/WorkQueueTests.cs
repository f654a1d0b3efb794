using Orrery.Control.Loop;
using Orrery.Resources;
using Orrery.Resources.Serving;

namespace Orrery.Control.Tests.Loop;

public sealed class WorkQueueTests
{
    private static readonly ResourceKey A = InferenceService.Kind.Key("default", "a");
    private static readonly ResourceKey B = InferenceService.Kind.Key("default", "b");
    private readonly ManualTime _time = new();
    private readonly WorkQueue _queue;

    public WorkQueueTests() => _queue = new WorkQueue(_time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_is_added_many_times_is_taken_once()
    {
        _queue.Add(A);
        _queue.Add(A);
        _queue.Add(B);

        Assert.Equal(A, await _queue.TakeAsync(Ct));
        Assert.Equal(B, await _queue.TakeAsync(Ct));
        Assert.False(_queue.TakeAsync(Ct).IsCompleted);
    }

    [Fact]
    public async Task A_key_that_is_added_while_it_is_worked_on_comes_back_after_that_and_not_before()
    {
        _queue.Add(A);
        await _queue.TakeAsync(Ct);
        _queue.Add(A);
        var next = _queue.TakeAsync(Ct);
        bool early = next.IsCompleted;

        _queue.Done(A);

        Assert.False(early);
        Assert.Equal(A, await next);
    }

    [Fact]
    public async Task A_delayed_key_comes_when_its_time_has_come()
    {
        _queue.AddAfter(A, TimeSpan.FromSeconds(5));
        var next = _queue.TakeAsync(Ct);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        bool early = next.IsCompleted;

        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.False(early);
        Assert.Equal(A, await next);
    }

    [Fact]
    public void A_later_delay_replaces_an_earlier_one_so_timers_never_pile_up()
    {
        for (int i = 1; i <= 100; i++)
            _queue.AddAfter(A, TimeSpan.FromSeconds(i));

        Assert.Equal(1, _time.Armed);
    }
}
