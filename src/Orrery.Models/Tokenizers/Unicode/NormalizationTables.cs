using System.Globalization;

namespace Orrery.Models.Tokenizers.Unicode;

/// <summary>What <c>normalization.txt</c> says, read once when first needed.</summary>
internal sealed class NormalizationTables
{
    private readonly Dictionary<int, byte> _classes = [];

    public Dictionary<int, int[]> Canonical { get; } = [];

    public Dictionary<int, int[]> Compatible { get; } = [];

    public Dictionary<(int First, int Second), int> Composed { get; } = [];

    /// <summary>0 for characters that begin something.</summary>
    public int ClassOf(int rune) => rune < 0x300 ? 0 : _classes.GetValueOrDefault(rune);

    public static NormalizationTables Load()
    {
        const string Name = "Orrery.Models.Tokenizers.Unicode.normalization.txt";
        using var stream = typeof(NormalizationTables).Assembly.GetManifestResourceStream(Name)
            ?? throw new InvalidOperationException($"The resource {Name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        var tables = new NormalizationTables();
        while (reader.ReadLine() is { } line)
            tables.Add(line);
        return tables;
    }

    private void Add(string line)
    {
        if (line.StartsWith('#'))
            return;
        if (line.StartsWith('@'))
        {
            string[] fields = line[1..].Split(' ');
            for (int rune = Code(fields[1]); rune <= Code(fields[2]); rune++)
                _classes[rune] = byte.Parse(fields[0], CultureInfo.InvariantCulture);
            return;
        }

        int sign = line.AsSpan().IndexOfAny('=', ':', '~');
        int code = Code(line[..sign]);
        int[] parts = [.. line[(sign + 1)..].Split(' ').Select(Code)];
        (line[sign] == '~' ? Compatible : Canonical).Add(code, parts);
        if (line[sign] == '=')
            Composed.Add((parts[0], parts[1]), code);
    }

    private static int Code(string hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
