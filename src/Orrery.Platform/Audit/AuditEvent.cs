using Orrery.Platform.Access;

namespace Orrery.Platform.Audit;

/// <summary>How far a request had come when its event was recorded.</summary>
public enum AuditStage
{
    /// <summary>It may be done, and nothing has been done yet.</summary>
    RequestReceived,

    /// <summary>The answer is known and goes out next.</summary>
    ResponseComplete,

    /// <summary>It ended without an answer: the client went away. Whether anything was done is not known.</summary>
    Panic,
}

/// <summary>Who wanted what, from where, when, and what came of it. Never a body, never a message that could quote one.</summary>
public sealed record AuditEvent
{
    /// <summary>One per request; the client sees it as <c>Audit-Id</c>.</summary>
    public required Guid Id { get; init; }

    public required AuditStage Stage { get; init; }

    /// <summary>Null: nobody known.</summary>
    public Caller? Caller { get; init; }

    public required AccessRequest Request { get; init; }

    /// <summary>Of the API group, <c>v1alpha1</c>. Empty where the request is about no resource.</summary>
    public string Version { get; init; } = "";

    /// <summary>Path and the parameters that Kubernetes defines; others are left out, since nobody knows what is in them.</summary>
    public required string RequestUri { get; init; }

    public string SourceIp { get; init; } = "";

    public string UserAgent { get; init; } = "";

    public required DateTimeOffset Received { get; init; }

    /// <summary>When this stage was reached.</summary>
    public required DateTimeOffset Reached { get; init; }

    /// <summary>Of HTTP; null before there is an answer.</summary>
    public int? Code { get; init; }

    /// <summary>The one word of a Status, such as <c>Conflict</c>; null where all went well.</summary>
    public string? Reason { get; init; }
}
