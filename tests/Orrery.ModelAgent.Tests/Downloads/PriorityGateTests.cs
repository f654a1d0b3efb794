using Orrery.ModelAgent.Downloads;

namespace Orrery.ModelAgent.Tests.Downloads;

public sealed class PriorityGateTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_most_urgent_goes_first_and_among_equals_whoever_came_first()
    {
        var gate = new PriorityGate(1);
        var first = await gate.EnterAsync(0, Ct);
        var order = new List<string>();
        var waiting = new[] { ("a", 0), ("b", 5), ("c", 0), ("d", 5), ("e", -1), ("f", int.MinValue) }.Select(w => (Name: w.Item1, Turn: gate.EnterAsync(w.Item2, Ct))).ToList();

        first.Dispose();
        while (waiting.Count > 0)
        {
            await Task.WhenAny(waiting.Select(w => w.Turn));
            var next = waiting.Single(w => w.Turn.IsCompleted);
            order.Add(next.Name);
            waiting.Remove(next);
            (await next.Turn).Dispose();
        }

        Assert.Equal("b d a c e f", string.Join(' ', order));
        Assert.Equal(1, gate.Free);
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_no_place()
    {
        var gate = new PriorityGate(1);
        var first = await gate.EnterAsync(0, Ct);
        using var stop = new CancellationTokenSource();
        var gone = gate.EnterAsync(9, stop.Token);
        var next = gate.EnterAsync(0, Ct);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        first.Dispose();
        first.Dispose();
        (await next).Dispose();

        Assert.Equal(1, gate.Free);
    }

    [Fact]
    public async Task No_more_are_in_than_there_are_places_whoever_comes_goes_and_gives_up()
    {
        var gate = new PriorityGate(3);
        int inside = 0, most = 0;
        var random = new Random(5);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (Priority: random.Next(5), GivesUp: i % 7 == 0)).Select(async w =>
        {
            using var stop = new CancellationTokenSource();
            var turn = gate.EnterAsync(w.Priority, stop.Token);
            if (w.GivesUp)
                await stop.CancelAsync();
            try
            {
                using var place = await turn;
                int now = Interlocked.Increment(ref inside);
                most = Math.Max(most, now);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
            catch (OperationCanceledException)
            {
                // It gave up, as it was told to.
            }
        }));

        Assert.InRange(most, 1, 3);
        Assert.Equal(3, gate.Free);
    }
}
