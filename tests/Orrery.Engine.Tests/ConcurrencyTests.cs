namespace Orrery.Engine.Tests;

/// <summary>Several consumers of one model: order, bound, leaving, closing. Steps are held by <see cref="GatedPrompt"/>; nothing sleeps.</summary>
public sealed class ConcurrencyTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    /// <summary>One sequence at a time and a step for each token of its prompt, so that a gate can hold any of them.</summary>
    private static readonly EngineOptions OneByOne = new() { BatchTokens = 1, MaxSequences = 1 };

    [Fact]
    public async Task Requests_wait_in_order_and_more_than_may_are_refused()
    {
        await using var model = Stories.Load(options: OneByOne with { QueueLength = 2 });
        var gate = new GatedPrompt(3);
        var order = new List<string>();
        var running = RunAsync(model, gate, "running", order);
        await gate.Started.WaitAsync(Bound, Stories.Ct);

        var first = RunAsync(model, [1], "first", order);
        var second = RunAsync(model, [1], "second", order);
        var refused = await Assert.ThrowsAsync<QueueFullException>(() => RunAsync(model, [1], "refused", order));
        gate.Open(3);
        await Task.WhenAll(running, first, second).WaitAsync(Bound, Stories.Ct);

        Assert.Equal(2, refused.Bound);
        Assert.Equal(["running", "first", "second"], order);
        await RunAsync(model, [1], "later", order);
        Assert.Equal("later", order[^1]);
    }

    [Fact]
    public async Task Cancelling_frees_the_model_within_one_step()
    {
        await using var model = Stories.Load(options: OneByOne);
        var gate = new GatedPrompt(10);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Stories.Ct);
        var leaving = RunAsync(model, gate, "leaving", [], leave.Token);
        await gate.Started.WaitAsync(Bound, Stories.Ct);

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        gate.Open(1);
        await RunAsync(model, [1], "next", []).WaitAsync(Bound, Stories.Ct);

        Assert.Equal(1, gate.Taken);
    }

    [Fact]
    public async Task A_waiting_request_that_is_cancelled_makes_room_at_once()
    {
        await using var model = Stories.Load(options: OneByOne with { QueueLength = 1 });
        var gate = new GatedPrompt(1);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Stories.Ct);
        var running = RunAsync(model, gate, "running", []);
        await gate.Started.WaitAsync(Bound, Stories.Ct);
        var leaving = RunAsync(model, [1], "leaving", [], leave.Token);
        Assert.Equal(1, model.Waiting);

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal(0, model.Waiting);
        var next = RunAsync(model, [1], "next", []);

        gate.Open(1);
        await Task.WhenAll(running, next).WaitAsync(Bound, Stories.Ct);
    }

    [Fact]
    public async Task A_request_that_is_cancelled_before_it_starts_never_starts()
    {
        await using var model = Stories.Load(options: OneByOne);
        var gate = new GatedPrompt(1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(model, gate, "cancelled", [], new CancellationToken(canceled: true)));

        await RunAsync(model, [1], "next", []);
        Assert.Equal(0, gate.Taken);
    }

    [Fact]
    public async Task A_consumer_that_stops_reading_holds_up_nobody()
    {
        await using var model = Stories.Load(options: OneByOne);
        await using var stuck = model.GenerateAsync(Request([1]), Stories.Ct).GetAsyncEnumerator(Stories.Ct);
        Assert.True(await stuck.MoveNextAsync());

        await RunAsync(model, [1], "next", []).WaitAsync(Bound, Stories.Ct);

        Assert.True(await stuck.MoveNextAsync());
    }

    [Fact]
    public async Task Leaving_the_loop_early_ends_the_sequence_within_one_step()
    {
        await using var model = Stories.Load(options: OneByOne);
        var stops = new GatedStops(holdAt: 4);
        await foreach (var piece in model.GenerateAsync(Request([1]) with { Stop = stops }, Stories.Ct))
        {
            await stops.Held.WaitAsync(Bound, Stories.Ct);
            break;
        }

        stops.Open();
        await RunAsync(model, [1], "next", []).WaitAsync(Bound, Stories.Ct);

        // The step that was held looks once more for the start of a stop string; no other step follows.
        Assert.InRange(stops.Looks, 4, 5);
    }

    [Fact]
    public async Task An_error_in_one_sequence_is_its_consumers_and_the_next_one_runs()
    {
        await using var model = Stories.Load(options: OneByOne);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(model, new FailingPrompt(), "failing", []));

        Assert.Equal("no such token today", error.Message);
        await RunAsync(model, [1], "next", []);
    }

    [Fact]
    public async Task Disposing_ends_what_runs_and_what_waits()
    {
        var model = Stories.Load(options: OneByOne);
        var gate = new GatedPrompt(10);
        var running = RunAsync(model, gate, "running", []);
        await gate.Started.WaitAsync(Bound, Stories.Ct);
        var waiting = RunAsync(model, [1], "waiting", []);

        var disposal = model.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        gate.Open(1);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => running);
        await disposal.WaitAsync(Bound, Stories.Ct);

        Assert.Equal(1, gate.Taken);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => RunAsync(model, [1], "late", []));
        await model.DisposeAsync();
    }

    private static TextRequest Request(IReadOnlyList<int> prompt) => new() { Prompt = prompt, MaxTokens = 50, Sampling = new SamplingOptions { Temperature = 0 } };

    private static async Task RunAsync(LocalTextModel model, IReadOnlyList<int> prompt, string name, List<string> order, CancellationToken? ct = null)
    {
        bool first = true;
        await foreach (var piece in model.GenerateAsync(Request(prompt), ct ?? Stories.Ct))
        {
            if (piece.Finish is null && first)
            {
                lock (order)
                    order.Add(name);
            }
            first = false;
        }
    }

    private sealed class FailingPrompt : IReadOnlyList<int>
    {
        public int Count => 1;

        public int this[int index] => throw new InvalidOperationException("no such token today");

        public IEnumerator<int> GetEnumerator() => Enumerable.Repeat(1, 1).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
