using Orrery.Engine.Decoder.Adapters;

namespace Orrery.Engine.Decoder.Cache;

/// <summary>The cached positions of one sequence: which pages of a <see cref="KvPool"/> hold them, in order.</summary>
/// <param name="adapter">Number of the adapter that it is computed with, from its first position to its last.</param>
internal sealed class KvSequence(KvPool pool, int adapter = RowAdapters.None) : IDisposable
{
    private readonly List<int> _pages = [];

    /// <summary>Positions held or about to be computed.</summary>
    public int Length { get; private set; }

    public KvPool Pool { get; } = pool;

    public int Adapter { get; } = adapter;

    public int Page(int index) => _pages[index];

    /// <summary>Makes room for one more position. False, and nothing changed, when the pool has no page left.</summary>
    public bool TryExtend()
    {
        if (Length == _pages.Count * KvPool.PagePositions)
        {
            if (!Pool.TryRent(out int page))
                return false;
            _pages.Add(page);
        }
        Length++;
        return true;
    }

    /// <summary>Forgets positions from <paramref name="length"/> on.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        int keep = KvPool.PagesFor(length);
        for (int i = _pages.Count - 1; i >= keep; i--)
            Pool.Return(_pages[i]);
        _pages.RemoveRange(keep, _pages.Count - keep);
        Length = length;
    }

    public void Dispose() => Truncate(0);
}
