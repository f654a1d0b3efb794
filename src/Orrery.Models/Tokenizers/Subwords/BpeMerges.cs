namespace Orrery.Models.Tokenizers.Subwords;

/// <summary>Which two neighbours make one token, and in which order pairs are joined: the lowest rank first.</summary>
internal sealed class BpeMerges(int count)
{
    private readonly Dictionary<long, (int Rank, int Joined)> _byPair = new(count);

    public void Add(int left, int right, int joined) => _byPair.TryAdd(Key(left, right), (_byPair.Count, joined));

    public bool TryFind(int left, int right, out int rank, out int joined)
    {
        bool found = _byPair.TryGetValue(Key(left, right), out var merge);
        (rank, joined) = merge;
        return found;
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;
}
