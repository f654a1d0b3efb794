using System.Text;
using Orrery.Models.Tokenizers;

namespace Orrery.Engine.Tests.Constraints;

/// <summary>A vocabulary written down in a test. The last token, added to those given, ends the text.</summary>
internal sealed class ListTokenizer(params string[] tokens) : Tokenizer
{
    private readonly string[] _tokens = [.. tokens, "<end>"];

    /// <summary>A token that stands for no text; null: only the end does.</summary>
    public string? ControlName { get; init; }

    public override int VocabularySize => _tokens.Length;

    public override int? BeginOfSequence => null;

    public override IReadOnlySet<int> EndOfText { get; } = new HashSet<int> { tokens.Length };

    public override ReadOnlySpan<byte> BytesOf(int token) => IsControl(token) ? [] : Encoding.UTF8.GetBytes(_tokens[token]);

    public override string NameOf(int token) => _tokens[token];

    public override string Decode(IEnumerable<int> tokens, bool showSpecial)
        => string.Concat(tokens.Where(token => showSpecial || !IsControl(token)).Select(token => _tokens[token]));

    /// <summary>The longest token at each place.</summary>
    public override IReadOnlyList<int> Encode(string text, bool addSpecial, bool parseSpecial)
    {
        var ids = new List<int>();
        for (int at = 0; at < text.Length; at += _tokens[ids[^1]].Length)
        {
            ids.Add(Enumerable.Range(0, _tokens.Length)
                .Where(id => !IsControl(id) && string.CompareOrdinal(text, at, _tokens[id], 0, _tokens[id].Length) == 0)
                .MaxBy(id => _tokens[id].Length));
        }
        return ids;
    }

    private bool IsControl(int token) => token == _tokens.Length - 1 || _tokens[token] == ControlName;
}
