namespace Orrery.Resources.Text;

/// <summary>Durations as kubectl prints them: two units while the first is small, then one. <c>45s</c>, <c>5m12s</c>, <c>3h20m</c>, <c>2d4h</c>, <c>400d</c>.</summary>
public static class Age
{
    public static string Since(DateTimeOffset then, DateTimeOffset now) => Text(now - then);

    public static string Text(TimeSpan age)
    {
        if (age < TimeSpan.FromSeconds(-1))
            return "<invalid>";
        if (age < TimeSpan.FromMinutes(2))
            return $"{Math.Max(0, (int)age.TotalSeconds)}s";

        int minutes = (int)age.TotalMinutes, hours = (int)age.TotalHours, days = (int)age.TotalDays;
        return age switch
        {
            { TotalMinutes: < 10 } => Two(minutes, "m", age.Seconds, "s"),
            { TotalHours: < 3 } => $"{minutes}m",
            { TotalHours: < 8 } => Two(hours, "h", age.Minutes, "m"),
            { TotalHours: < 48 } => $"{hours}h",
            { TotalDays: < 8 } => Two(days, "d", age.Hours, "h"),
            { TotalDays: < 365 * 2 } => $"{days}d",
            { TotalDays: < 365 * 8 } => Two(days / 365, "y", days % 365, "d"),
            _ => $"{days / 365}y",
        };
    }

    private static string Two(int large, string largeUnit, int small, string smallUnit)
        => small == 0 ? $"{large}{largeUnit}" : $"{large}{largeUnit}{small}{smallUnit}";
}
