using Orrery.Models.Tokenizers.Patterns;

namespace Orrery.Models.Tokenizers.PreTokenizers;

/// <summary>Cuts where a pattern matches.</summary>
/// <param name="invert">Cuts between the matches instead.</param>
internal sealed class PatternSplit(Pattern pattern, SplitBehavior behavior, bool invert = false) : PreTokenizer
{
    public override void Split(string piece, bool first, List<string> pieces)
    {
        var matches = pattern.Matches(piece);
        Splitting.Cut(piece, invert ? Splitting.Invert(matches, piece.Length) : matches, behavior, pieces);
    }
}

/// <summary>Cuts where a text occurs.</summary>
internal sealed class TextSplit(string separator, SplitBehavior behavior, bool invert = false) : PreTokenizer
{
    public override void Split(string piece, bool first, List<string> pieces)
    {
        var matches = new List<(int, int)>();
        for (int at = 0; (at = piece.IndexOf(separator, at, StringComparison.Ordinal)) >= 0; at += separator.Length)
            matches.Add((at, at + separator.Length));
        Splitting.Cut(piece, invert ? Splitting.Invert(matches, piece.Length) : matches, behavior, pieces);
    }
}
