using Microsoft.Extensions.Logging;
using Orrery.Local.Machine;
using Orrery.Local.Supervision;

namespace Orrery.Local.Workloads;

/// <summary>A file of a model.</summary>
internal sealed record ModelFile(string Path, long Bytes);

/// <summary>
/// Has the kernel read a model's files into its page cache while the process that will map them is still starting. Reading ahead in large
/// pieces is more than twice as fast as the faults of a reader that touches page after page; files that are there already cost milliseconds.
/// </summary>
internal static partial class Prefetch
{
    private const int MaxFiles = 1_000;

    // Between two looks whether it is still wanted.
    private const long PieceBytes = 64L << 20;

    /// <summary>Those that fit in memory that is free now, in the order of their names: a part that is not read yet would push out one that is. Pure.</summary>
    /// <param name="available">What the machine can give without taking it from anybody.</param>
    public static IReadOnlyList<ModelFile> Chosen(IEnumerable<ModelFile> files, long available)
    {
        var chosen = new List<ModelFile>();
        // The process needs memory of its own too.
        long left = available / 4 * 3;
        foreach (var file in files.OrderBy(f => f.Path, StringComparer.Ordinal))
        {
            if (file.Bytes > left)
                break;
            left -= file.Bytes;
            chosen.Add(file);
        }
        return chosen;
    }

    /// <summary>Begins it on a thread of its own: the kernel answers only when it has asked the disk for all.</summary>
    /// <param name="paths">Files and folders.</param>
    public static void Begin(IReadOnlyList<string> paths, ILogger log, CancellationToken ct)
    {
        if (paths.Count > 0)
            new Thread(() => Run(paths, log, ct)) { IsBackground = true, Name = "prefetch" }.Start();
    }

    private static void Run(IReadOnlyList<string> paths, ILogger log, CancellationToken ct)
    {
        try
        {
            foreach (var file in Chosen(Files(paths), Available(new MachineFiles().Read("proc/meminfo") ?? "")))
            {
                using var handle = File.OpenHandle(file.Path);
                for (long at = 0; at < file.Bytes && !ct.IsCancellationRequested; at += PieceBytes)
                    Posix.WillNeed(handle, at, Math.Min(PieceBytes, file.Bytes - at));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever needs the file will say so.
            LogNotRead(log, e.Message);
        }
    }

    /// <summary>Of <c>/proc/meminfo</c>, in bytes. Pure.</summary>
    internal static long Available(string meminfo)
        => Lines.Value(meminfo, "MemAvailable").Split(' ') is [var kibibytes, "kB"] && long.TryParse(kibibytes, out long number) ? number * 1024 : 0;

    private static IEnumerable<ModelFile> Files(IReadOnlyList<string> paths)
        => paths.SelectMany(p => Directory.Exists(p) ? new DirectoryInfo(p).EnumerateFiles("*", SearchOption.AllDirectories) : [new FileInfo(p)])
            .Where(f => f.Exists).Take(MaxFiles).Select(f => new ModelFile(f.FullName, f.Length));

    [LoggerMessage(LogLevel.Information, "A model is not read ahead: {Message}")]
    private static partial void LogNotRead(ILogger log, string message);
}
