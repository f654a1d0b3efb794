namespace Orrery.Engine.Constraints;

/// <summary>Makes the nodes of a <see cref="TokenTrie"/> from byte strings that come in order.</summary>
/// <param name="most">Nodes, at most.</param>
internal sealed class TrieNodes(int most)
{
    private readonly byte[] _labels = new byte[most];
    private readonly ushort[] _depths = new ushort[most];
    private readonly int[] _jumps = new int[most];
    private readonly List<int> _path = [0];                             // the nodes of the last string, root first
    private byte[] _last = [];
    private int _count = 1;

    /// <summary>[most]: a token, -1 for none.</summary>
    public int[] Tokens { get; } = Filled(most);

    /// <returns>The node of these bytes.</returns>
    public int Append(byte[] bytes)
    {
        int common = bytes.AsSpan().CommonPrefixLength(_last);
        Close(common);
        for (int i = common; i < bytes.Length; i++)
        {
            (_labels[_count], _depths[_count]) = (bytes[i], (ushort)(i + 1));
            _path.Add(_count++);
        }
        _last = bytes;
        return _path[^1];
    }

    public (byte[] Labels, ushort[] Depths, int[] Tokens, int[] Jumps) Finish()
    {
        Close(0);
        _jumps[0] = _count;
        return (_labels[.._count], _depths[.._count], Tokens[.._count], _jumps[.._count]);
    }

    private void Close(int depth)
    {
        for (int i = depth + 1; i < _path.Count; i++)
            _jumps[_path[i]] = _count;
        _path.RemoveRange(depth + 1, _path.Count - depth - 1);
    }

    private static int[] Filled(int length)
    {
        int[] array = new int[length];
        Array.Fill(array, -1);
        return array;
    }
}
