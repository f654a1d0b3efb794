namespace Orrery.Platform.Lines;

/// <summary>Bounds of one set of files with lines.</summary>
/// <param name="MaxFileBytes">A file that would grow beyond it is followed by a new one. Default 8 MiB.</param>
/// <param name="MaxFiles">How many are kept. Default 8, thus 64 MiB in all.</param>
public sealed record LineLimits(long MaxFileBytes = 8 * 1024 * 1024, int MaxFiles = 8);
