using Orrery.Models.Tokenizers.Patterns;

namespace Orrery.Models.Tokenizers.Subwords;

/// <summary>
/// A unigram language model (arXiv 1804.10959): of all ways to cut a piece into tokens the one whose scores (log probabilities) add up
/// to the most, found by Viterbi's algorithm in O(n * longest token).
/// </summary>
internal sealed class UnigramModel : SubwordModel
{
    /// <summary>Longer tokens are refused, since every position of a text is looked at that far.</summary>
    public const int MaxTokenChars = 256;

    // As SentencePiece has it: unknown text scores this much less than the least likely token.
    private const double UnknownPenalty = 10;

    private readonly float[] _scores;
    private readonly UnknownText _unknown;
    private readonly Dictionary<(int Node, char Next), int> _trie = [];
    private readonly List<int> _tokenAt = [-1];                         // by node; -1 where no token ends
    private readonly double _unknownScore;

    /// <param name="usable">Whether a token may be made from text; the unknown token and byte tokens may not.</param>
    public UnigramModel(Vocabulary vocabulary, float[] scores, UnknownText unknown, Func<int, bool> usable)
    {
        (_scores, _unknown) = (scores, unknown);
        _unknownScore = (scores.Length == 0 ? 0 : scores.Min()) - UnknownPenalty;
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary[id] is { Length: > 0 and <= MaxTokenChars } token && usable(id))
                AddToTrie(token, id);
        }
    }

    public override void Encode(string piece, List<int> ids)
    {
        var tokens = BestPath(piece);
        bool lastUnknown = false;
        foreach (var (start, length, id) in tokens)
        {
            if (id >= 0)
            {
                ids.Add(id);
                lastUnknown = false;
            }
            else
            {
                _unknown.Encode(piece.AsSpan(start, length), ids, ref lastUnknown);
            }
        }
    }

    private Stack<(int Start, int Length, int Id)> BestPath(string piece)
    {
        var best = new (double Score, int Start, int Id)[piece.Length + 1];
        Array.Fill(best, (double.NegativeInfinity, -1, -1));
        best[0] = (0, 0, -1);
        for (int at = 0; at < piece.Length; at += Pattern.RuneLength(piece, at))
        {
            int single = Pattern.RuneLength(piece, at);
            bool covered = false;
            int node = 0;
            for (int end = at; end < piece.Length && _trie.TryGetValue((node, piece[end]), out node); end++)
            {
                if (_tokenAt[node] is >= 0 and var id)
                {
                    Offer(best, end + 1, best[at].Score + _scores[id], at, id);
                    covered |= end + 1 - at == single;
                }
            }
            if (!covered)
                Offer(best, at + single, best[at].Score + _unknownScore, at, -1);
        }

        var path = new Stack<(int, int, int)>();
        for (int end = piece.Length; end > 0; end = best[end].Start)
            path.Push((best[end].Start, end - best[end].Start, best[end].Id));
        return path;
    }

    private static void Offer((double Score, int Start, int Id)[] best, int end, double score, int start, int id)
    {
        if (best[end].Start < 0 || score > best[end].Score)
            best[end] = (score, start, id);
    }

    private void AddToTrie(string token, int id)
    {
        int node = 0;
        foreach (char next in token)
        {
            if (!_trie.TryGetValue((node, next), out int child))
            {
                child = _tokenAt.Count;
                _tokenAt.Add(-1);
                _trie.Add((node, next), child);
            }
            node = child;
        }
        if (_tokenAt[node] < 0)
            _tokenAt[node] = id;
    }
}
