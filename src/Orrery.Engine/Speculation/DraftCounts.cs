namespace Orrery.Engine.Speculation;

/// <summary>Drafts of all sequences of a model since its start. Written by the worker thread, read by any.</summary>
internal sealed class DraftCounts
{
    private long _drafted, _accepted;

    /// <summary>Tokens that were computed ahead.</summary>
    public long Drafted => Volatile.Read(ref _drafted);

    /// <summary>Those of them that were what the sampler chose.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    public void Add(int drafted, int accepted)
    {
        Volatile.Write(ref _drafted, _drafted + drafted);
        Volatile.Write(ref _accepted, _accepted + accepted);
    }
}
