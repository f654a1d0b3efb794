using System.Runtime.CompilerServices;
using System.Text;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Constraints;

/// <summary>
/// All tokens of a vocabulary by their bytes, as a tree in one walkable order: a node's subtree follows it, so a walk that cannot go
/// on in a node jumps over all tokens that begin as it does. About 11 bytes per node; 128k tokens have some 400k nodes.
/// Control tokens stand for no text. They lie below the byte 0xFF, which no text holds, under their names: only a grammar that names one
/// reaches it. Tokens with bytes that are never part of UTF-8 are left out.
/// Immutable; safe to share between threads.
/// </summary>
public sealed class TokenTrie
{
    internal const byte ControlMark = 0xFF;

    private static readonly ConditionalWeakTable<Tokenizer, TokenTrie> Known = [];

    private readonly Tokenizer _tokenizer;
    private readonly int[] _sameBytes;                                  // [vocabulary]: the next token with the same bytes, -1 for none
    private readonly int[] _firstLevel = new int[256];                  // children of the root, -1 for none

    private TokenTrie(Tokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        Ends = [.. tokenizer.EndOfText.Where(id => id >= 0 && id < tokenizer.VocabularySize).Order()];
        _sameBytes = new int[tokenizer.VocabularySize];
        Array.Fill(_sameBytes, -1);
        var sorted = Enumerable.Range(0, tokenizer.VocabularySize)
            .Where(id => !tokenizer.EndOfText.Contains(id))
            .Select(id => (Bytes: BytesOf(id).ToArray(), Id: id))
            .Where(token => token.Bytes.Length > 0)
            .OrderBy(token => token.Bytes, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))
            .ThenByDescending(token => token.Id)
            .ToList();

        var nodes = new TrieNodes(sorted.Sum(token => token.Bytes.Length) + 1);
        foreach (var (bytes, id) in sorted)
        {
            int node = nodes.Append(bytes);
            _sameBytes[id] = nodes.Tokens[node];
            nodes.Tokens[node] = id;
        }
        (Labels, Depths, Tokens, Jumps) = nodes.Finish();
        MaxDepth = Depths.Max();
        for (int b = 0; b < 256; b++)
            _firstLevel[b] = Search(0, (byte)b);
    }

    public int VocabularySize => _tokenizer.VocabularySize;

    /// <summary>[nodes]: the byte that leads to it. Node 0 is the root.</summary>
    internal byte[] Labels { get; }

    /// <summary>[nodes]: bytes from the root.</summary>
    internal ushort[] Depths { get; }

    /// <summary>[nodes]: the lowest token with exactly these bytes, -1 for none; others follow by <see cref="NextSame"/>.</summary>
    internal int[] Tokens { get; }

    /// <summary>[nodes]: the first node behind its subtree.</summary>
    internal int[] Jumps { get; }

    internal int MaxDepth { get; }

    internal int[] Ends { get; }

    /// <summary>The tree of a tokenizer, built at first use: some 250 ms for 128k tokens.</summary>
    public static TokenTrie Of(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Known.GetValue(tokenizer, t => new TokenTrie(t));
    }

    internal bool IsEnd(int token) => Array.BinarySearch(Ends, token) >= 0;

    internal int NextSame(int token) => _sameBytes[token];

    internal bool IsToken(int node) => Tokens[node] >= 0;

    /// <summary>Can be written by itself, whatever stands around it.</summary>
    internal bool IsSingle(byte value) => _firstLevel[value] is > 0 and var node && IsToken(node);

    internal int Child(int node, byte label) => node == 0 ? _firstLevel[label] : Search(node, label);

    /// <summary>What a token stands for in the grammar: its text, or its mark and name. Empty: never allowed.</summary>
    internal ReadOnlySpan<byte> BytesOf(int token)
    {
        var bytes = _tokenizer.BytesOf(token);
        if (bytes.IsEmpty)
            return _tokenizer.NameOf(token) is { Length: > 0 } name ? Control(name) : [];
        return bytes.Length > ushort.MaxValue || bytes.ContainsAnyInRange((byte)0xF5, (byte)0xFF) || bytes.ContainsAny((byte)0xC0, (byte)0xC1)
            ? []
            : bytes;
    }

    /// <summary>The bytes under which a control token of that name lies.</summary>
    internal static byte[] Control(string name) => [ControlMark, .. Encoding.UTF8.GetBytes(name)];

    /// <summary>Whether the vocabulary has a control token of that name.</summary>
    public bool HasControl(string name)
    {
        int node = 0;
        foreach (byte b in Control(name))
        {
            node = Child(node, b);
            if (node < 0)
                return false;
        }
        return IsToken(node);
    }

    private int Search(int node, byte label)
    {
        for (int child = node + 1; child < Jumps[node]; child = Jumps[child])
        {
            if (Labels[child] == label)
                return child;
        }
        return -1;
    }
}
