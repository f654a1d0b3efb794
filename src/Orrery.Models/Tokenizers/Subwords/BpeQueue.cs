namespace Orrery.Models.Tokenizers.Subwords;

/// <summary>Joins the symbols of one long piece in the order of their ranks. Symbols form a list linked by index; a queue holds the pairs that may be joined.</summary>
internal sealed class BpeQueue(BpeMerges merges, List<int> symbols)
{
    private const int Gone = -1;

    private readonly int[] _ids = [.. symbols];
    private readonly int[] _previous = [.. Enumerable.Range(-1, symbols.Count)];
    private readonly int[] _next = [.. Enumerable.Range(1, symbols.Count)];
    
    // By rank, then from the left; in one number, since comparing tuples takes most of the time otherwise.
    private readonly PriorityQueue<(int Left, int LeftId, int RightId, int Joined), long> _pairs = new(symbols.Count);

    /// <summary>Leaves the tokens in the list given.</summary>
    public void JoinAll()
    {
        for (int i = 0; i + 1 < _ids.Length; i++)
            Consider(i);
        while (_pairs.TryDequeue(out var pair, out _))
        {
            int right = _next[pair.Left];
            bool outdated = _ids[pair.Left] != pair.LeftId || right >= _ids.Length || _ids[right] != pair.RightId;
            if (!outdated)
                Join(pair.Left, right, pair.Joined);
        }

        symbols.Clear();
        for (int i = 0; i < _ids.Length; i = _next[i])
            symbols.Add(_ids[i]);
    }

    private void Join(int left, int right, int joined)
    {
        _ids[left] = joined;
        _ids[right] = Gone;
        _next[left] = _next[right];
        if (_next[right] < _ids.Length)
            _previous[_next[right]] = left;
        if (_previous[left] >= 0)
            Consider(_previous[left]);
        Consider(left);
    }

    private void Consider(int left)
    {
        int right = _next[left];
        if (right < _ids.Length && merges.TryFind(_ids[left], _ids[right], out int rank, out int joined))
            _pairs.Enqueue((left, _ids[left], _ids[right], joined), ((long)rank << 32) | (uint)left);
    }
}
