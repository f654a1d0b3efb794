namespace Orrery.Engine.Text;

/// <summary>
/// Finds the stop string that is complete first (of those that end at the same character, the longest) however the text is cut
/// into pieces. Holds back the end of the text while it may be the start of one.
/// </summary>
/// <param name="stops">None empty.</param>
internal sealed class StopMatcher(IReadOnlyList<string> stops)
{
    private string _held = "";

    public bool Found { get; private set; }

    /// <returns>Text that comes before any stop string. Empty once one was found.</returns>
    public string Append(string text)
    {
        if (Found)
            return "";
        string all = _held + text;
        if (FirstStop(all) is { } at)
        {
            Found = true;
            _held = "";
            return all[..at];
        }

        int certain = all.Length - LongestPossibleStart(all);
        _held = all[certain..];
        return all[..certain];
    }

    /// <returns>What was held back, now that nothing follows.</returns>
    public string Finish()
    {
        string held = _held;
        _held = "";
        return held;
    }

    private int? FirstStop(string text)
    {
        int firstEnd = int.MaxValue;
        int? start = null;
        for (int i = 0; i < stops.Count; i++)                           // an enumerator would be an object for each token
        {
            string stop = stops[i];
            int at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at < 0 || at + stop.Length > firstEnd || (at + stop.Length == firstEnd && at > start))
                continue;
            (firstEnd, start) = (at + stop.Length, at);
        }
        return start;
    }

    private int LongestPossibleStart(string text)
    {
        int longest = 0;
        for (int i = 0; i < stops.Count; i++)
        {
            string stop = stops[i];
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                    longest = length;
            }
        }
        return longest;
    }
}
