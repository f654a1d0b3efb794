namespace Orrery.Gateway.Routing;

/// <summary>A request in a line.</summary>
/// <param name="arrival">Higher for those that came later.</param>
internal sealed class WaitingPlace(long arrival)
{
    private readonly TaskCompletionSource<Pick> _served = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Arrival { get; } = arrival;

    public Task<Pick> Served => _served.Task;

    public void Serve(Pick pick) => _served.SetResult(pick);
}

/// <summary>The requests that wait for one service, by arrival. For whoever holds the router's lock.</summary>
internal sealed class WaitingLine(int bound)
{
    private readonly LinkedList<WaitingPlace> _places = [];

    public bool IsEmpty => _places.Count == 0;

    /// <summary>
    /// A request that lost its replica comes back before all that arrived after it. The line is short of room for one of them then: the last goes.
    /// </summary>
    /// <returns>Null: as many that came before it wait as may.</returns>
    public LinkedListNode<WaitingPlace>? Join(long arrival)
    {
        if (_places.Count >= bound)
        {
            if (_places.Last is not { } last || last.Value.Arrival < arrival)
                return null;
            _places.RemoveLast();
            last.Value.Serve(new Pick.TooManyWaiting(bound));
        }
        var before = _places.Last;
        while (before is not null && before.Value.Arrival > arrival)
            before = before.Previous;
        var place = new WaitingPlace(arrival);
        return before is null ? _places.AddFirst(place) : _places.AddAfter(before, place);
    }

    public void Leave(LinkedListNode<WaitingPlace> place)
    {
        if (place.List == _places)
            _places.Remove(place);
    }

    /// <param name="next">What the first in line gets; null: it keeps waiting, and so do those behind it.</param>
    public void Serve(Func<Pick?> next)
    {
        while (_places.First is { } first && next() is { } pick)
        {
            _places.RemoveFirst();
            first.Value.Serve(pick);
        }
    }
}
