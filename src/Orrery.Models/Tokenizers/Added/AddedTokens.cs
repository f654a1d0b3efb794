using System.Buffers;
using System.Text;
using Orrery.Models.Tokenizers.Patterns;

namespace Orrery.Models.Tokenizers.Added;

/// <summary>Cuts a text at its added tokens; where several begin at one place the longest counts.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<string, AddedToken> _byContent = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AddedToken>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly SearchValues<string> _search;
    private readonly int[] _lengths;                                    // that occur, longest first

    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        foreach (var token in tokens)
            _byContent.TryAdd(token.Content, token);
        _bySpan = _byContent.GetAlternateLookup<ReadOnlySpan<char>>();
        _search = SearchValues.Create([.. _byContent.Keys], StringComparison.Ordinal);
        _lengths = [.. _byContent.Keys.Select(content => content.Length).Distinct().OrderDescending()];
    }

    /// <summary>Stretches in order; <paramref name="onToken"/> gets the tokens, <paramref name="onText"/> what lies between them, never empty, with where it starts.</summary>
    public void Cut(string text, Action<AddedToken> onToken, Action<string, int> onText)
    {
        if (_byContent.Count == 0)
        {
            if (text.Length > 0)
                onText(text, 0);
            return;
        }

        int open = 0;
        for (int from = 0; Find(text, from) is { } found; from = found.At + found.Token.Content.Length)
        {
            var (at, token) = found;
            int start = at, end = at + token.Content.Length;
            if (start < open || (token.SingleWord && (IsWord(text, start - 1) || IsWord(text, end))))
                continue;
            while (token.TakesLeft && start > open && char.IsWhiteSpace(text[start - 1]))
                start--;
            while (token.TakesRight && end < text.Length && char.IsWhiteSpace(text[end]))
                end++;
            if (start > open)
                onText(text[open..start], open);
            onToken(token);
            open = end;
        }
        if (open < text.Length)
            onText(open == 0 ? text : text[open..], open);
    }

    private (int At, AddedToken Token)? Find(string text, int from)
    {
        int at = from < text.Length ? text.AsSpan(from).IndexOfAny(_search) : -1;
        if (at < 0)
            return null;
        var rest = text.AsSpan(from + at);
        foreach (int length in _lengths)
        {
            if (length <= rest.Length && _bySpan.TryGetValue(rest[..length], out var token))
                return (from + at, token);
        }
        throw new InvalidOperationException("An added token was found and then was not there.");
    }

    private static bool IsWord(string text, int at)
        => at >= 0 && at < text.Length && Rune.TryGetRuneAt(text, char.IsLowSurrogate(text[at]) && at > 0 ? at - 1 : at, out var rune) && CharClass.Word.Contains(rune.Value);
}
