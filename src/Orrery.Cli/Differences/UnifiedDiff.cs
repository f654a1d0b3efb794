using System.Text;

namespace Orrery.Cli.Differences;

/// <summary>Two texts in the unified format of <c>diff -u</c>, with three lines around each change.</summary>
internal static class UnifiedDiff
{
    private const int Around = 3;

    /// <summary>Empty when the texts are the same.</summary>
    /// <param name="beforeName">After <c>---</c>.</param>
    /// <param name="afterName">After <c>+++</c>.</param>
    public static string Of(string before, string after, string beforeName, string afterName)
    {
        if (before == after)
            return "";
        var lines = LineDifference.Between(Lines(before), Lines(after));
        var text = new StringBuilder($"--- {beforeName}\n+++ {afterName}\n");
        int at = 0, old = 0, now = 0;
        while (NextChange(lines, at) is { } change)
        {
            int first = Math.Max(at, change - Around);
            int last = LastOfHunk(lines, change);
            for (; at < first; at++, old++, now++)
            {
                // Lines before the hunk count in both texts.
            }
            var hunk = lines.Skip(first).Take(last - first).ToList();
            int oldCount = hunk.Count(l => l.Mark != '+'), newCount = hunk.Count(l => l.Mark != '-');
            text.Append($"@@ -{Range(old, oldCount)} +{Range(now, newCount)} @@\n");
            foreach (var line in hunk)
                text.Append(line.Mark).Append(line.Text).Append('\n');
            (at, old, now) = (last, old + oldCount, now + newCount);
        }
        return text.ToString();
    }

    private static string Range(int before, int count) => count == 1 ? $"{before + 1}" : $"{(count == 0 ? before : before + 1)},{count}";

    private static int? NextChange(IReadOnlyList<ComparedLine> lines, int at)
    {
        for (int i = at; i < lines.Count; i++)
        {
            if (lines[i].Mark != ' ')
                return i;
        }
        return null;
    }

    // Changes whose surroundings touch belong together.
    private static int LastOfHunk(IReadOnlyList<ComparedLine> lines, int change)
    {
        int last = change;
        for (int i = change; i < lines.Count && i <= last + 2 * Around + 1; i++)
        {
            if (lines[i].Mark != ' ')
                last = i;
        }
        return Math.Min(lines.Count, last + 1 + Around);
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.TrimEnd('\n').Split('\n');
}
