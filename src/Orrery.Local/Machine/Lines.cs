namespace Orrery.Local.Machine;

/// <summary>The two forms that most files under <c>/proc</c> and <c>/sys</c> have.</summary>
internal static class Lines
{
    /// <summary><c>name: value</c> per line; other lines are left out.</summary>
    public static IEnumerable<(string Name, string Value)> Pairs(string text, char separator = ':')
    {
        foreach (string line in text.Split('\n'))
        {
            int at = line.IndexOf(separator);
            if (at > 0)
                yield return (line[..at].Trim(), line[(at + 1)..].Trim());
        }
    }

    /// <summary>The value of one name; empty when it is not there.</summary>
    public static string Value(string text, string name, char separator = ':')
        => Pairs(text, separator).FirstOrDefault(p => p.Name == name).Value ?? "";
}
