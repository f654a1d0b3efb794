using Orrery.Gateway.Relaying;

namespace Orrery.Gateway;

/// <summary>Section <c>gateway</c>. Read once at start; a change needs a restart.</summary>
public sealed record GatewayOptions
{
    /// <summary>Largest request body in bytes; larger ones get 413. Default 32 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Longest that a request waits, in all, for a ready replica; then 503. Zero: answer at once. Default 60 s.</summary>
    public TimeSpan ColdStartWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait for the first byte of a streamed answer; then 504. Default 120 s.</summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Longest wait for the first byte of an answer that is not streamed, which comes only when all of it is there; then 504. Default 10 min.</summary>
    public TimeSpan WholeAnswerTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest silence between two pieces of an answer; then an error event ends the stream. Default 60 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait for a connection to a replica; then another is tried. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Requests that may wait for one service; the next gets 429. Default 256.</summary>
    public int MaxWaiting { get; init; } = 256;

    /// <summary>
    /// How long a replica that failed gets no requests, unless its EndpointSlice changes before. Default 30 s: longer than the runtime takes to
    /// find out that a replica is stuck and to replace it, so that the next request meets the new one.
    /// </summary>
    public TimeSpan EjectFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Absolute path of a PEM file: certificates of authorities that servers elsewhere (<c>spec.external</c>) may be certified by, besides those
    /// that the machine trusts. Default empty: none besides.
    /// </summary>
    public string TrustedCertificates { get; init; } = "";

    /// <summary>How long a stored response can be come back to. Zero: none is stored, whatever requests say. Default 30 days.</summary>
    public TimeSpan StoredResponses { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Most bytes of stored responses of one caller, with what was asked; the oldest make room. Default 256 MiB.</summary>
    public long StoredResponsesBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Whether each request gets a line in the access log. Default true.</summary>
    public bool AccessLog { get; init; } = true;

    public IEnumerable<string> Problems()
    {
        if (ExternalTrust.Problem(TrustedCertificates) is { } problem)
            yield return $"gateway.trustedCertificates: {problem}";
        if (MaxBodyBytes is < 1024 or > 1024 * 1024 * 1024)
            yield return $"gateway.maxBodyBytes: {MaxBodyBytes} must be between 1024 and 1073741824";
        if (ColdStartWait < TimeSpan.Zero || ColdStartWait > TimeSpan.FromHours(1))
            yield return $"gateway.coldStartWait: {ColdStartWait} must be between 0 and 1 hour";
        if (StoredResponses < TimeSpan.Zero || StoredResponses > TimeSpan.FromDays(3650))
            yield return $"gateway.storedResponses: {StoredResponses} must be between 0 and 3650 days";
        if (StoredResponsesBytes is < 1024 or > 1024L * 1024 * 1024 * 1024)
            yield return $"gateway.storedResponsesBytes: {StoredResponsesBytes} must be between 1024 and 1099511627776";
        if (MaxWaiting is < 0 or > 100_000)
            yield return $"gateway.maxWaiting: {MaxWaiting} must be between 0 and 100000";
        foreach (var (name, value) in new[]
        {
            ("firstByteTimeout", FirstByteTimeout), ("wholeAnswerTimeout", WholeAnswerTimeout), ("idleTimeout", IdleTimeout),
            ("connectTimeout", ConnectTimeout), ("ejectFor", EjectFor),
        })
        {
            if (value <= TimeSpan.Zero || value > TimeSpan.FromDays(1))
                yield return $"gateway.{name}: {value} must be more than 0 and at most 1 day";
        }
    }
}

/// <summary>The host refuses to start with it.</summary>
public sealed class InvalidGatewayOptionsException(IReadOnlyList<string> problems)
    : Exception($"The gateway's settings have errors: {string.Join("; ", problems)}");
