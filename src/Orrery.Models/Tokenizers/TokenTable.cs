using System.Buffers;
using System.Text;

namespace Orrery.Models.Tokenizers;

/// <summary>What each id stands for: its name, its bytes, whether it is a control token. All bytes lie in one array.</summary>
internal sealed class TokenTable
{
    private readonly string?[] _names;
    private readonly bool[] _control;
    private readonly byte[] _bytes;
    private readonly int[] _ends;                                       // _ends[id]: where those of token id end

    /// <param name="names">By id, as the vocabulary writes them; null where an id stands for nothing.</param>
    /// <param name="bytesOf">In the middle of a text; not asked for control tokens.</param>
    public TokenTable(string?[] names, Func<int, bool> isControl, Func<int, byte[]> bytesOf)
    {
        _names = names;
        _control = new bool[names.Length];
        _ends = new int[names.Length];
        var bytes = new ArrayBufferWriter<byte>(names.Length * 8);
        for (int id = 0; id < names.Length; id++)
        {
            _control[id] = isControl(id);
            if (!_control[id] && names[id] is not null)
                bytes.Write(bytesOf(id));
            _ends[id] = bytes.WrittenCount;
        }
        _bytes = bytes.WrittenSpan.ToArray();
    }

    public int Count => _names.Length;

    public string NameOf(int id) => _names[Check(id)] ?? "";

    public ReadOnlySpan<byte> BytesOf(int id) => Check(id) == 0 ? _bytes.AsSpan(0, _ends[0]) : _bytes.AsSpan(_ends[id - 1].._ends[id]);

    /// <summary>The text of ids as it comes; control tokens are left out, or written as they are named.</summary>
    public string Join(IEnumerable<int> ids, bool showControl)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (int id in ids)
        {
            if (showControl && _control[Check(id)])
                bytes.Write(Encoding.UTF8.GetBytes(NameOf(id)));
            else
                bytes.Write(BytesOf(id));
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private int Check(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Count);
        return id;
    }
}
