namespace Orrery.Gateway.Relaying;

/// <summary>How an attempt at one replica ended.</summary>
internal abstract record RelayOutcome
{
    /// <summary>The client has its answer, whole.</summary>
    public sealed record Done(int Status) : RelayOutcome;

    /// <summary>The replica stops and takes no more requests: nothing was sent, so another may be tried. No failure of its workload's.</summary>
    public sealed record Draining : RelayOutcome;

    /// <summary>The replica refused or broke the connection before the first byte: nothing was sent, so another may be tried.</summary>
    public sealed record Unreachable(string Reason) : RelayOutcome;

    /// <summary>No first byte in time; nothing was sent.</summary>
    public sealed record NoAnswer(TimeSpan Waited) : RelayOutcome;

    /// <summary>A server elsewhere answered what is for this gateway and not for the client: that the key is wrong, or a redirect. Nothing was sent.</summary>
    public sealed record Misdirected(int Status) : RelayOutcome;

    /// <summary>It broke the connection in the middle; the client was told.</summary>
    public sealed record BrokenOff(string Reason) : RelayOutcome;

    /// <summary>It fell silent in the middle; the client was told.</summary>
    public sealed record FellSilent(TimeSpan Waited) : RelayOutcome;

    /// <summary>The client has a stream as the replica sent it, and that was no answer: it holds an error event, or stops without an end.</summary>
    public sealed record Spoilt(string Reason) : RelayOutcome;

    /// <summary>One word, as metrics and spans have it.</summary>
    /// <param name="outcome">Null: the client went before there was any.</param>
    public static string WordFor(RelayOutcome? outcome) => outcome switch
    {
        null => "client_gone",
        Done { Status: >= 500 } => "replica_5xx",
        Done { Status: >= 400 } => "replica_4xx",
        Done => "done",
        Draining => "draining",
        Unreachable => "unreachable",
        NoAnswer => "no_answer",
        Misdirected => "misdirected",
        BrokenOff => "broken_off",
        FellSilent => "fell_silent",
        Spoilt => "spoilt",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    /// <summary>The replica failed: it did not answer, not to the end, or with 5xx.</summary>
    public bool Failed => this is Done { Status: >= 500 } or Unreachable or NoAnswer or BrokenOff or FellSilent or Spoilt;
}
