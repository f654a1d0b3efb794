using Orrery.Local.Supervision;

namespace Orrery.Local.Tests;

public sealed class LogFileTests : IDisposable
{
    private static readonly byte[] Line = new byte[LogFile.MaxLineBytes];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_goes_on_in_a_new_folder_when_its_own_was_cleared_away()
    {
        string path = _folder.File("logs/a.log");
        using var log = new LogFile(path, TimeProvider.System);
        Fill(log);

        Directory.Delete(_folder.File("logs"), recursive: true);
        Fill(log);

        Assert.NotEmpty(LogFile.Numbers(path));
    }

    [Fact]
    public void Lines_that_no_file_takes_are_lost_and_later_ones_are_written_again()
    {
        string path = _folder.File("logs/a.log");
        using var log = new LogFile(path, TimeProvider.System);
        // Where the next file should be, there is a folder.
        Directory.CreateDirectory(LogFile.PathOf(path, 1));
        Fill(log);

        Directory.Delete(LogFile.PathOf(path, 1));
        Fill(log);
        log.Add("later"u8, isError: false, goesOn: false);
        log.Flush();

        Assert.EndsWith(" stdout F later\n", File.ReadAllText(LogFile.PathOf(path, LogFile.Numbers(path)[^1])), StringComparison.Ordinal);
    }

    /// <summary>More than one file holds.</summary>
    private static void Fill(LogFile log)
    {
        for (int written = 0; written <= LogFile.MaxFileBytes; written += Line.Length)
            log.Add(Line, isError: false, goesOn: false);
        log.Flush();
    }
}
