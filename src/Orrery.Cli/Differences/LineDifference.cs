namespace Orrery.Cli.Differences;

/// <summary>A line of a comparison: kept (space), taken out (-) or put in (+).</summary>
internal readonly record struct ComparedLine(char Mark, string Text);

/// <summary>The shortest way from one list of lines to another (Myers, 1986). Pure.</summary>
internal static class LineDifference
{
    // The search keeps one array per step; texts that differ in more lines than this are told as wholly replaced.
    private const int MaxSteps = 4000;

    public static IReadOnlyList<ComparedLine> Between(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        int start = 0;
        while (start < before.Count && start < after.Count && before[start] == after[start])
            start++;
        int end = 0;
        while (end < before.Count - start && end < after.Count - start && before[^(end + 1)] == after[^(end + 1)])
            end++;
        string[] a = [.. before.Skip(start).Take(before.Count - start - end)], b = [.. after.Skip(start).Take(after.Count - start - end)];
        return
        [
            .. before.Take(start).Select(l => new ComparedLine(' ', l)),
            .. Middle(a, b),
            .. before.Skip(before.Count - end).Select(l => new ComparedLine(' ', l)),
        ];
    }

    private static List<ComparedLine> Middle(string[] a, string[] b)
    {
        if (Trace(a, b) is not { } trace)
            return [.. a.Select(l => new ComparedLine('-', l)), .. b.Select(l => new ComparedLine('+', l))];
        List<ComparedLine> reversed = [];
        int x = a.Length, y = b.Length;
        for (int d = trace.Count - 1; d >= 0; d--)
        {
            int[] furthest = trace[d];
            int k = x - y;
            int from = ComesDown(furthest, k, d) ? k + 1 : k - 1;
            int fromX = d == 0 ? 0 : furthest[from + d], fromY = d == 0 ? 0 : fromX - from;
            while (x > fromX && y > fromY && a[x - 1] == b[y - 1])
            {
                reversed.Add(new ComparedLine(' ', a[x - 1]));
                x--;
                y--;
            }
            if (d == 0)
                break;
            reversed.Add(x == fromX ? new ComparedLine('+', b[y - 1]) : new ComparedLine('-', a[x - 1]));
            (x, y) = (fromX, fromY);
        }
        reversed.Reverse();
        return reversed;
    }

    /// <summary>For each number of changes d, how far along a one came on each diagonal k = x - y before it; entry k + d. Null: too many changes.</summary>
    private static List<int[]>? Trace(string[] a, string[] b)
    {
        List<int[]> trace = [];
        int[] furthest = [0, 0, 0];
        for (int d = 0; d <= Math.Min(a.Length + b.Length, MaxSteps); d++)
        {
            trace.Add(furthest);
            int[] next = new int[2 * d + 3];
            for (int k = -d; k <= d; k += 2)
            {
                int x = d == 0 ? 0 : ComesDown(furthest, k, d) ? furthest[k + 1 + d] : furthest[k - 1 + d] + 1;
                while (x < a.Length && x - k < b.Length && a[x] == b[x - k])
                    x++;
                next[k + d + 1] = x;
                if (x >= a.Length && x - k >= b.Length)
                    return trace;
            }
            furthest = next;
        }
        return null;
    }

    /// <summary>Diagonal k is reached best by putting a line in, coming from diagonal k + 1.</summary>
    private static bool ComesDown(int[] furthest, int k, int d) => k == -d || (k != d && furthest[k - 1 + d] < furthest[k + 1 + d]);
}
