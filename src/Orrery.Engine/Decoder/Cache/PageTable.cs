using System.Diagnostics;

namespace Orrery.Engine.Decoder.Cache;

/// <summary>
/// Who uses which page, and what pages hold that nobody uses: these are kept as long as there are others, and found again by their hash. Of
/// kept pages the one that was used longest ago goes first.
/// <code>
///   blank --Rent--> used --Return--> blank
///                   used, published --Return--> kept --Find--> used
///                                               kept --Rent--> used, its content forgotten
/// </code>
/// </summary>
internal sealed class PageTable
{
    private readonly int[] _users;
    private readonly BlockHash?[] _hashes;
    private readonly Dictionary<BlockHash, int> _byHash;
    private readonly LinkedList<int> _kept = [];
    private readonly LinkedListNode<int>[] _nodes;
    private readonly Stack<int> _blank;
    private int _used;

    public PageTable(int pages)
    {
        (_users, _hashes) = (new int[pages], new BlockHash?[pages]);
        _byHash = new Dictionary<BlockHash, int>(pages);
        _nodes = [.. Enumerable.Range(0, pages).Select(page => new LinkedListNode<int>(page))];
        _blank = new Stack<int>(Enumerable.Range(0, pages).Reverse());
    }

    public int Count => _users.Length;

    /// <summary>Pages that can be rented: blank ones and those that are only kept.</summary>
    public int Free => _blank.Count + _kept.Count;

    /// <summary>Pages that have a user. Any thread may ask.</summary>
    public int Used => Volatile.Read(ref _used);

    /// <summary>Pages with a content that could be found.</summary>
    public int Published => _byHash.Count;

    /// <summary>What could be found.</summary>
    public IReadOnlyCollection<BlockHash> Contents => _byHash.Keys;

    /// <summary>Told of every content that can be found from now on, and of every one that no longer can.</summary>
    public Action<BlockHash, bool>? Changed { get; set; }

    public bool TryRent(out int page)
    {
        if (!_blank.TryPop(out page))
        {
            if (_kept.First is not { } oldest)
                return false;
            _kept.RemoveFirst();
            page = oldest.Value;
            Forget(page);
        }
        _users[page] = 1;
        Volatile.Write(ref _used, _used + 1);
        return true;
    }

    /// <summary>Takes a page with this content, and counts one more user.</summary>
    public bool TryFind(BlockHash hash, out int page)
    {
        if (!_byHash.TryGetValue(hash, out page))
            return false;
        if (_users[page]++ == 0)
        {
            _kept.Remove(_nodes[page]);
            Volatile.Write(ref _used, _used + 1);
        }
        return true;
    }

    /// <summary>The page is full and will not change any more. Where another page holds the same already, that one is found and this one is not.</summary>
    public void Publish(int page, BlockHash hash)
    {
        Debug.Assert(_users[page] > 0 && _hashes[page] is null, "a page is published once, by who uses it");
        if (!_byHash.TryAdd(hash, page))
            return;
        _hashes[page] = hash;
        Changed?.Invoke(hash, true);
    }

    /// <summary>One user fewer.</summary>
    public void Return(int page)
    {
        Debug.Assert(_users[page] > 0, "a page was returned twice");
        if (--_users[page] > 0)
            return;
        Volatile.Write(ref _used, _used - 1);
        if (_hashes[page] is null)
            _blank.Push(page);
        else
            _kept.AddLast(_nodes[page]);
    }

    private void Forget(int page)
    {
        if (_hashes[page] is not { } hash)
            return;
        _byHash.Remove(hash);
        _hashes[page] = null;
        Changed?.Invoke(hash, false);
    }
}
