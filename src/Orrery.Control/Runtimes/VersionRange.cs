namespace Orrery.Control.Runtimes;

/// <summary>Versions as formats and frameworks have them: <c>1.0.0</c>, <c>v4.51</c>. Missing parts are zero.</summary>
internal static class VersionRange
{
    /// <param name="comparison"><c>Equal</c> (also null), <c>GreaterThan</c> or <c>GreaterThanOrEqual</c>: how the model's must stand to the runtime's.</param>
    public static bool Holds(string? comparison, string wanted, string actual)
    {
        if (Parse(wanted) is not { } runtime || Parse(actual) is not { } model)
            return string.Equals(wanted, actual, StringComparison.Ordinal);
        int order = model.CompareTo(runtime);
        return comparison switch
        {
            "GreaterThan" => order > 0,
            "GreaterThanOrEqual" => order >= 0,
            _ => order == 0,
        };
    }

    private static Version? Parse(string text)
    {
        string[] parts = text.TrimStart('v').Split('.');
        if (parts.Length > 4 || !parts.All(p => p.Length is > 0 and < 10 && p.All(char.IsAsciiDigit)))
            return null;
        int[] numbers = [.. parts.Select(int.Parse), 0, 0, 0];
        return new Version(numbers[0], numbers[1], numbers[2], numbers[3]);
    }
}
