namespace Orrery.ModelAgent;

/// <summary>Section <c>models</c>. Read once at start; a change needs a restart.</summary>
public sealed record ModelAgentOptions
{
    /// <summary>Where <c>hf://</c> addresses are fetched from, unless <c>spec.storage.parameters.endpoint</c> says so. Default https://huggingface.co.</summary>
    public string HubEndpoint { get; init; } = "https://huggingface.co";

    /// <summary>Connections to origins at once, of all downloads together. Default 8.</summary>
    public int MaxConnections { get; init; } = 8;

    /// <summary>Connections for one file at once. Default 4.</summary>
    public int MaxConnectionsPerFile { get; init; } = 4;

    /// <summary>Models that are fetched at once; the others wait. Default 4.</summary>
    public int MaxDownloads { get; init; } = 4;

    /// <summary>Bytes of one range; also what an interrupted connection to be resumed may lose. Default 16 MiB.</summary>
    public int SegmentBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes that fetched models may take; unused ones go to stay below. Zero: as many as the disk has. Default 0.</summary>
    public long MaxBytes { get; init; }

    /// <summary>Bytes of the disk that downloads leave free. Default 1 GiB.</summary>
    public long MinFreeBytes { get; init; } = 1024L * 1024 * 1024;

    /// <summary>How often files are held against their digests. Zero: never. Default 7 days.</summary>
    public TimeSpan VerifyEvery { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How often an origin is asked whether it has other files now, for models with <c>downloadPolicy: AlwaysDownload</c>. Default 1 hour.</summary>
    public TimeSpan RefreshEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Earlier versions of a model that stay here for a way back. Default 2.</summary>
    public int KeepVersions { get; init; } = 2;

    public IEnumerable<string> Problems()
    {
        if (!Uri.TryCreate(HubEndpoint, UriKind.Absolute, out var hub) || hub.Scheme is not ("http" or "https") || hub.UserInfo.Length > 0)
            yield return $"models.hubEndpoint: '{HubEndpoint}' must be an address such as https://huggingface.co";
        foreach (var (name, value, most) in new[] { ("maxConnections", MaxConnections, 256), ("maxConnectionsPerFile", MaxConnectionsPerFile, 64), ("maxDownloads", MaxDownloads, 64) })
        {
            if (value < 1 || value > most)
                yield return $"models.{name}: {value} must be between 1 and {most}";
        }
        if (SegmentBytes is < 64 * 1024 or > 1024 * 1024 * 1024)
            yield return $"models.segmentBytes: {SegmentBytes} must be between 65536 and 1073741824";
        if (MaxBytes < 0)
            yield return $"models.maxBytes: {MaxBytes} must be 0 or more";
        if (MinFreeBytes < 0)
            yield return $"models.minFreeBytes: {MinFreeBytes} must be 0 or more";
        if (VerifyEvery < TimeSpan.Zero || VerifyEvery > TimeSpan.FromDays(3650))
            yield return $"models.verifyEvery: {VerifyEvery} must be between 0 and 3650 days";
        if (RefreshEvery < TimeSpan.FromMinutes(1) || RefreshEvery > TimeSpan.FromDays(365))
            yield return $"models.refreshEvery: {RefreshEvery} must be between 1 minute and 365 days";
        if (KeepVersions is < 0 or > 100)
            yield return $"models.keepVersions: {KeepVersions} must be between 0 and 100";
    }
}
