namespace Orrery.Gateway.Relaying;

/// <summary>How an attempt at one replica ended.</summary>
internal abstract record RelayOutcome
{
    /// <summary>The client has its answer, whole.</summary>
    public sealed record Done : RelayOutcome;

    /// <summary>The replica drains, or refused or broke the connection before the first byte: nothing was sent, so another may be tried.</summary>
    public sealed record Unreachable(string Reason) : RelayOutcome;

    /// <summary>No first byte in time; nothing was sent.</summary>
    public sealed record NoAnswer(TimeSpan Waited) : RelayOutcome;

    /// <summary>It broke the connection in the middle; the client was told.</summary>
    public sealed record BrokenOff(string Reason) : RelayOutcome;

    /// <summary>It fell silent in the middle; the client was told.</summary>
    public sealed record FellSilent(TimeSpan Waited) : RelayOutcome;
}
