using Microsoft.Extensions.Logging;
using Orrery.ModelAgent.Downloads;

namespace Orrery.ModelAgent.Library;

/// <summary>
/// Keeps the library sound: holds the bytes of models against their digests, one version at a time, and clears what interrupted downloads left.
/// What is damaged goes, and is then fetched again.
/// </summary>
/// <param name="damaged">Gets the owner of a version that was removed.</param>
internal sealed partial class LibraryUpkeep(ModelLibrary library, ModelAgentOptions options, TimeProvider time, Action<string> damaged, ILogger log)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(10);

    public async Task RunAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            do
                await LookAsync(ct);
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The end of the program.
        }
    }

    private async Task LookAsync(CancellationToken ct)
    {
        try
        {
            library.ClearLeftovers(time.GetUtcNow());
            while (options.VerifyEvery > TimeSpan.Zero && Due() is { } version)
                await VerifyAsync(version, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk, or one that does not answer, may do so again at the next look.
            LogFailed(log, e);
        }
    }

    private VersionRecord? Due()
    {
        var oldest = time.GetUtcNow() - options.VerifyEvery;
        return library.Versions.Where(v => v.Evicted is null && v.Verified <= oldest).MinBy(v => v.Verified);
    }

    private async Task VerifyAsync(VersionRecord version, CancellationToken ct)
    {
        var bad = new List<RecordedFile>();
        foreach (var file in version.Files)
        {
            if (!await IsSoundAsync(library.PathOf(version, file), file, ct))
                bad.Add(file);
        }
        if (bad.Count == 0)
        {
            library.Update(version.Owner, version.Key, v => v with { Verified = time.GetUtcNow() });
            return;
        }
        // Files that were removed or replaced meanwhile were not damaged.
        if (!library.IsStill(version) || library.Find(version.Owner, version.Key) is { Evicted: not null })
            return;
        LogDamaged(log, version.Owner, string.Join(", ", bad.Select(f => f.Path)));
        // The name first: nothing may be made of it any more. Other versions that share it find out when they are held against it.
        foreach (var file in bad)
            library.Condemn(file.Sha256);
        if (library.Remove(version))
            damaged(version.Owner);
    }

    private static async Task<bool> IsSoundAsync(string path, RecordedFile file, CancellationToken ct)
    {
        try
        {
            return await FileDigests.Sha256Async(path, ct) == file.Sha256;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone or not to be read is as bad as changed.
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The files of models could not be looked after; tried again later")]
    private static partial void LogFailed(ILogger log, Exception e);

    [LoggerMessage(LogLevel.Warning, "{Owner}: damaged on this disk, fetched again: {Files}")]
    private static partial void LogDamaged(ILogger log, string owner, string files);
}
