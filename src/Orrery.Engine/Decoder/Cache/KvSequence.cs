using Orrery.Engine.Decoder.Adapters;

namespace Orrery.Engine.Decoder.Cache;

/// <summary>The cached positions of one sequence: which pages of a <see cref="KvPool"/> hold them, in order. Full pages may be shared with others.</summary>
/// <param name="adapter">Number of the adapter that it is computed with, from its first position to its last.</param>
/// <param name="root">Of the adapter; see <see cref="BlockHash.Root"/>.</param>
internal sealed class KvSequence(KvPool pool, int adapter = RowAdapters.None, BlockHash root = default) : IDisposable
{
    private readonly List<int> _pages = [];
    private readonly List<BlockHash> _hashes = [];                      // of the leading pages that were published or found

    /// <summary>Positions held or about to be computed.</summary>
    public int Length { get; private set; }

    public KvPool Pool { get; } = pool;

    public int Adapter { get; } = adapter;

    public int Pages => _pages.Count;

    public int Page(int index) => _pages[index];

    /// <summary>Makes room for one more position. False, and nothing changed, when the pool has no page left.</summary>
    public bool TryExtend()
    {
        if (Length == _pages.Count * KvPool.PagePositions)
        {
            if (!Pool.Table.TryRent(out int page))
                return false;
            _pages.Add(page);
        }
        Length++;
        return true;
    }

    /// <summary>Takes over what the pool holds of the start of these tokens. Only an empty sequence can.</summary>
    /// <param name="tokens">The last one is always left to compute: its logits are wanted.</param>
    public void Reuse(ReadOnlySpan<int> tokens)
    {
        if (Length != 0)
            throw new InvalidOperationException($"The sequence has {Length} positions already.");
        for (int page = 0; ((page + 1) * KvPool.PagePositions) < tokens.Length; page++)
        {
            var hash = Following(tokens.Slice(page * KvPool.PagePositions, KvPool.PagePositions));
            if (!Pool.Table.TryFind(hash, out int found))
                break;
            _pages.Add(found);
            _hashes.Add(hash);
            Length += KvPool.PagePositions;
        }
    }

    /// <summary>Lets others find the pages that are full by now.</summary>
    /// <param name="tokens">Of all positions; no more than these count as computed.</param>
    public void Publish(ReadOnlySpan<int> tokens)
    {
        int full = Math.Min(Length, tokens.Length) / KvPool.PagePositions;
        for (int page = _hashes.Count; page < full; page++)
        {
            var hash = Following(tokens.Slice(page * KvPool.PagePositions, KvPool.PagePositions));
            _hashes.Add(hash);
            Pool.Table.Publish(_pages[page], hash);
        }
    }

    /// <summary>Forgets positions from <paramref name="length"/> on.</summary>
    /// <exception cref="InvalidOperationException">It would write again into a page that others may read.</exception>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        int keep = KvPool.PagesFor(length);
        if (length % KvPool.PagePositions != 0 && keep <= _hashes.Count)
            throw new InvalidOperationException($"Position {length} is in a page that was published.");
        for (int i = _pages.Count - 1; i >= keep; i--)
            Pool.Table.Return(_pages[i]);
        _pages.RemoveRange(keep, _pages.Count - keep);
        if (_hashes.Count > keep)
            _hashes.RemoveRange(keep, _hashes.Count - keep);
        Length = length;
    }

    public void Dispose() => Truncate(0);

    private BlockHash Following(ReadOnlySpan<int> tokens) => (_hashes.Count > 0 ? _hashes[^1] : root).Next(tokens);
}
