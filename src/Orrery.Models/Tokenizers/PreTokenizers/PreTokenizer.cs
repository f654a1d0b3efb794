using System.Globalization;
using System.Text;

namespace Orrery.Models.Tokenizers.PreTokenizers;

/// <summary>A step that cuts a text into the pieces inside which tokens are looked for.</summary>
internal abstract class PreTokenizer
{
    public static PreTokenizer None { get; } = new Chain([]);

    /// <param name="first">Whether the piece begins the text.</param>
    /// <param name="pieces">Gets the parts in order; none is empty.</param>
    public abstract void Split(string piece, bool first, List<string> pieces);

    public sealed class Chain(IReadOnlyList<PreTokenizer> steps) : PreTokenizer
    {
        public override void Split(string piece, bool first, List<string> pieces)
        {
            List<string> now = [piece];
            foreach (var step in steps)
            {
                var next = new List<string>(now.Count);
                for (int i = 0; i < now.Count; i++)
                    step.Split(now[i], first && i == 0, next);
                now = next;
            }
            pieces.AddRange(now.Where(part => part.Length > 0));
        }
    }

    /// <summary>Cuts at characters of a kind.</summary>
    public sealed class AtRunes(Func<Rune, bool> matches, SplitBehavior behavior) : PreTokenizer
    {
        public override void Split(string piece, bool first, List<string> pieces)
        {
            var found = new List<(int, int)>();
            int at = 0;
            foreach (var rune in piece.EnumerateRunes())
            {
                int length = Patterns.Pattern.RuneLength(piece, at);
                if (matches(rune))
                    found.Add((at, at + length));
                at += length;
            }
            Splitting.Cut(piece, found, behavior, pieces);
        }
    }

    /// <summary>SentencePiece's own: spaces become a sign and words begin with it.</summary>
    /// <param name="prepend">Puts the sign in front of each part of a text, of the first alone, or of none.</param>
    public sealed class Metaspace(char sign, MetaspacePrepend prepend, bool split) : PreTokenizer
    {
        public override void Split(string piece, bool first, List<string> pieces)
        {
            string marked = piece.Replace(' ', sign);
            bool wanted = prepend == MetaspacePrepend.Always || (prepend == MetaspacePrepend.First && first);
            if (wanted && marked.Length > 0 && marked[0] != sign)
                marked = sign + marked;
            if (!split)
            {
                pieces.Add(marked);
                return;
            }
            int start = 0;
            for (int at = 1; at <= marked.Length; at++)
            {
                if (at == marked.Length || marked[at] == sign)
                {
                    pieces.Add(marked[start..at]);
                    start = at;
                }
            }
        }
    }

    public static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? char.IsPunctuation((char)rune.Value) || char.IsSymbol((char)rune.Value)
        : Rune.GetUnicodeCategory(rune) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
            or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation;
}

internal enum MetaspacePrepend
{
    Always,
    First,
    Never,
}
