namespace Orrery.Control.Runtimes;

/// <summary>
/// Versions as formats and frameworks have them: <c>1.0.0</c>, <c>v4.51</c>, <c>4.45.0.dev0</c>. Missing parts are zero, numbers compare as numbers,
/// and a version with anything behind its numbers (dev, rc, a build) comes before the one without.
/// </summary>
internal static class VersionRange
{
    private const int Parts = 4;

    /// <summary>What a range says of two versions.</summary>
    internal enum Answer
    {
        Holds,

        /// <summary>Compatible, but the model asks for a later minor version than the runtime names.</summary>
        HoldsThoughNewer,
        Fails,
    }

    /// <param name="comparison">How the runtime's version must stand to the model's: <c>Equal</c>, <c>GreaterThan</c>, <c>GreaterThanOrEqual</c>; null: the same major version.</param>
    public static Answer Ask(string? comparison, string runtime, string model)
    {
        if (string.Equals(runtime, model, StringComparison.Ordinal))
            return comparison == "GreaterThan" ? Answer.Fails : Answer.Holds;
        if (!TryParse(runtime, out var wanted) || !TryParse(model, out var actual))
            return Answer.Fails;
        int order = wanted.CompareTo(actual);
        bool holds = comparison switch
        {
            // Two early versions of the same numbers are different ones: rc1 and rc2.
            "Equal" => order == 0 && (!wanted.IsEarly || Tail(runtime) == Tail(model)),
            "GreaterThan" => order > 0,
            "GreaterThanOrEqual" => order >= 0,
            _ => wanted.Major == actual.Major,
        };
        return !holds ? Answer.Fails : comparison is null && order < 0 ? Answer.HoldsThoughNewer : Answer.Holds;
    }

    /// <returns>False too where either text is no version, such as AMD's <c>gfx942</c>.</returns>
    public static bool IsAtLeast(string actual, string least)
        => TryParse(actual, out var left) && TryParse(least, out var right) && left.CompareTo(right) >= 0;

    /// <summary>What is behind the numbers, without the build and without the point that some write before it.</summary>
    private static string Tail(string version)
        => version.Trim().TrimStart('v', 'V').TrimStart([.. "0123456789."]).Split('+')[0].TrimStart('-', '_').ToLowerInvariant();

    private static bool TryParse(ReadOnlySpan<char> text, out Number version)
    {
        version = default;
        text = text.Trim();
        if (text is ['v' or 'V', ..])
            text = text[1..];
        Span<int> numbers = stackalloc int[Parts];
        int count = 0;
        while (count < Parts && text.Length > 0 && char.IsAsciiDigit(text[0]))
        {
            int end = 0;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
                end++;
            if (!int.TryParse(text[..end], out numbers[count++]))
                return false;
            text = text[end..];
            // A point belongs to the numbers only where one follows.
            if (text.Length > 1 && text[0] == '.' && char.IsAsciiDigit(text[1]))
                text = text[1..];
            else
                break;
        }
        if (count == 0)
            return false;
        // What is behind a plus names a build of the same version.
        version = new Number(numbers[0], numbers[1], numbers[2], numbers[3], IsEarly: text.Length > 0 && text[0] != '+');
        return true;
    }

    private readonly record struct Number(int Major, int Minor, int Patch, int Fourth, bool IsEarly) : IComparable<Number>
    {
        public int CompareTo(Number other)
            => Major != other.Major ? Major.CompareTo(other.Major)
            : Minor != other.Minor ? Minor.CompareTo(other.Minor)
            : Patch != other.Patch ? Patch.CompareTo(other.Patch)
            : Fourth != other.Fourth ? Fourth.CompareTo(other.Fourth)
            : other.IsEarly.CompareTo(IsEarly);
    }
}
