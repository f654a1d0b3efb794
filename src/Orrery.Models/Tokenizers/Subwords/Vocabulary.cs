using System.Globalization;

namespace Orrery.Models.Tokenizers.Subwords;

/// <summary>Tokens by id and ids by token.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly string?[] _tokens;

    /// <param name="tokens">By id; null where an id stands for nothing.</param>
    public Vocabulary(string?[] tokens)
    {
        _tokens = tokens;
        _ids = new Dictionary<string, int>(tokens.Length, StringComparer.Ordinal);
        for (int id = 0; id < tokens.Length; id++)
        {
            if (tokens[id] is { } token)
                _ids.TryAdd(token, id);
        }
        _bySpan = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        ByteTokens = FindByteTokens();
    }

    public int Count => _tokens.Length;

    /// <summary>Ids of <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>; -1 where there is none.</summary>
    public int[] ByteTokens { get; }

    /// <summary>Null where the id stands for nothing.</summary>
    public string? this[int id] => _tokens[id];

    public bool TryFind(ReadOnlySpan<char> token, out int id) => _bySpan.TryGetValue(token, out id);

    public int? Find(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    /// <summary>Null where the token is no byte.</summary>
    public static byte? ByteOf(string token)
        => token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : null;

    private int[] FindByteTokens()
    {
        int[] ids = new int[256];
        for (int value = 0; value < 256; value++)
            ids[value] = Find($"<0x{value:X2}>") ?? -1;
        return ids;
    }
}
