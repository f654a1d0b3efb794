namespace Orrery.Resources.Store;

/// <summary>Who writes, and whether in earnest.</summary>
public sealed record WriteOptions
{
    /// <summary>The field manager of writes that come from inside this program.</summary>
    public const string OwnManager = "orrery";

    public static WriteOptions Default { get; } = new();

    /// <summary>Under which name <c>metadata.managedFields</c> remembers the fields that this write changes.</summary>
    public string FieldManager { get; init; } = OwnManager;

    /// <summary>True: everything is decided and answered as if it were done, and nothing changes.</summary>
    public bool DryRun { get; init; }

    /// <summary>The subresource that the write came through, kept beside the manager's name. Null: none, or <c>status</c> for a write of status.</summary>
    public string? Subresource { get; init; }
}

/// <summary>How a configuration is applied (server-side apply).</summary>
public sealed record ApplyOptions
{
    /// <summary>Who applies. Its next configuration replaces this one: fields that it no longer names go.</summary>
    public required string FieldManager { get; init; }

    /// <summary>True: fields of other managers are taken from them. False: such a field is a conflict.</summary>
    public bool Force { get; init; }

    /// <inheritdoc cref="WriteOptions.DryRun"/>
    public bool DryRun { get; init; }

    /// <summary>True: only status is applied. False: everything else.</summary>
    public bool Status { get; init; }
}
