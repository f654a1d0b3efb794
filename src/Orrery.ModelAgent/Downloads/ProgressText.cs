using System.Globalization;

namespace Orrery.ModelAgent.Downloads;

/// <summary>How far a transfer is, in a few words. Pure.</summary>
internal static class ProgressText
{
    /// <param name="secondsLeft">Null: not known.</param>
    public static string Of(long completed, long total, long bytesPerSecond, long? secondsLeft)
    {
        long percent = total == 0 ? 100 : (long)(completed * 100.0 / total);
        string rate = bytesPerSecond > 0 ? string.Create(CultureInfo.InvariantCulture, $", {bytesPerSecond / (1024.0 * 1024):0.0} MiB/s") : "";
        return $"{percent} %{rate}{(secondsLeft is { } seconds && completed < total ? $", {Left(seconds)} left" : "")}";
    }

    private static string Left(long seconds) => seconds switch
    {
        < 60 => $"{seconds} s",
        < 60 * 60 => $"{(seconds + 30) / 60} min",
        < 48 * 60 * 60 => $"{seconds / 3600} h {seconds % 3600 / 60} min",
        _ => $"{seconds / 86400} days",
    };
}
