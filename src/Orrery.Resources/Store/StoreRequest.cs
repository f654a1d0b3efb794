namespace Orrery.Resources.Store;

/// <summary>A write as the pipeline decides it.</summary>
public abstract record StoreRequest
{
    /// <summary>True: the decision is answered and forgotten.</summary>
    public abstract bool DryRun { get; }

    public sealed record Create(Document Document, WriteOptions Options) : StoreRequest
    {
        public override bool DryRun => Options.DryRun;
    }

    /// <param name="Status">True: status alone is replaced. False: everything else.</param>
    public sealed record Update(Document Document, bool Status, WriteOptions Options) : StoreRequest
    {
        public override bool DryRun => Options.DryRun;
    }

    public sealed record Apply(Document Applied, ApplyOptions Options) : StoreRequest
    {
        public override bool DryRun => Options.DryRun;
    }

    /// <param name="Propagation">Null: as the object's finalizers say.</param>
    public sealed record Delete(ResourceKey Key, Preconditions Preconditions, WriteOptions Options, Propagation? Propagation = null) : StoreRequest
    {
        public override bool DryRun => Options.DryRun;
    }
}

/// <summary>What a decision needs of the world outside the snapshot.</summary>
/// <param name="Now">Time of the write.</param>
/// <param name="NewUid">Makes a uid for a created object.</param>
/// <param name="NewSuffix">Makes the end of a generated name.</param>
public sealed record StoreContext(DateTimeOffset Now, Func<string> NewUid, Func<string> NewSuffix);

/// <summary>The answer, and the changes that make it true. No changes: nothing needs to be written.</summary>
public sealed record StoreDecision(WriteOutcome Outcome, IReadOnlyList<Change> Changes)
{
    public static StoreDecision Refused(WriteOutcome outcome) => new(outcome, []);
}
