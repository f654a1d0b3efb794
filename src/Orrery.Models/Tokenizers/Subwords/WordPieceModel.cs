namespace Orrery.Models.Tokenizers.Subwords;

/// <summary>BERT's WordPiece: from the left, always the longest token that fits; a word that cannot be cut that way is unknown as a whole.</summary>
/// <param name="begin">Stands in front of tokens that begin a word; usually empty.</param>
/// <param name="inside">Stands in front of the others: <c>##</c>.</param>
internal sealed class WordPieceModel(Vocabulary vocabulary, int? unknown, string begin, string inside, int maxWordChars) : SubwordModel
{
    private readonly int _longest = Enumerable.Range(0, vocabulary.Count).Max(id => vocabulary[id]?.Length ?? 0);

    public override void Encode(string piece, List<int> ids)
    {
        int before = ids.Count;
        int at = piece.Length > maxWordChars ? -1 : 0;
        while (at >= 0 && at < piece.Length)
        {
            int length = LongestAt(piece, at, out int id);
            ids.Add(id);
            at = length == 0 ? -1 : at + length;
        }
        if (at >= 0)
            return;
        ids.RemoveRange(before, ids.Count - before);
        if (unknown is { } token)
            ids.Add(token);
    }

    private int LongestAt(string piece, int at, out int id)
    {
        string prefix = at == 0 ? begin : inside;
        for (int length = Math.Min(piece.Length - at, Math.Max(_longest, 1)); length > 0; length--)
        {
            if (vocabulary.TryFind(string.Concat(prefix, piece.AsSpan(at, length)), out id))
                return length;
        }
        id = -1;
        return 0;
    }
}
