namespace Orrery.Models.Tokenizers.PreTokenizers;

/// <summary>What becomes of the places where a text is cut.</summary>
internal enum SplitBehavior
{
    Isolated,
    Removed,
    MergedWithPrevious,
    MergedWithNext,

    /// <summary>Neighbouring matches make one piece.</summary>
    Contiguous,
}

internal static class Splitting
{
    /// <summary>Cuts at the matches, which are in order and do not overlap.</summary>
    public static void Cut(string text, List<(int Start, int End)> matches, SplitBehavior behavior, List<string> pieces)
    {
        void Add(int start, int end)
        {
            if (end > start)
                pieces.Add(start == 0 && end == text.Length ? text : text[start..end]);
        }

        int open = 0;                                                   // where the piece begins that is not yet closed
        for (int i = 0; i < matches.Count; i++)
        {
            var (start, end) = matches[i];
            switch (behavior)
            {
                case SplitBehavior.MergedWithPrevious:
                    Add(open, end);
                    open = end;
                    break;
                case SplitBehavior.MergedWithNext:
                    Add(open, start);
                    open = start;
                    break;
                default:
                    Add(open, start);
                    while (behavior == SplitBehavior.Contiguous && i + 1 < matches.Count && matches[i + 1].Start == end)
                        end = matches[++i].End;
                    if (behavior != SplitBehavior.Removed)
                        Add(start, end);
                    open = end;
                    break;
            }
        }
        Add(open, text.Length);
    }

    /// <summary>The stretches between the matches become the matches.</summary>
    public static List<(int Start, int End)> Invert(List<(int Start, int End)> matches, int length)
    {
        var between = new List<(int, int)>(matches.Count + 1);
        int open = 0;
        foreach (var (start, end) in matches)
        {
            if (start > open)
                between.Add((open, start));
            open = end;
        }
        if (length > open)
            between.Add((open, length));
        return between;
    }
}
