using Orrery.Local.Machine;
using Orrery.Resources.Standard;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Accelerators;

/// <summary>Gives the accelerators of this machine to replicas, each to one at a time.</summary>
/// <param name="read">Looks at the machine.</param>
/// <param name="ofClass">What is of a class; null: every accelerator is of any class.</param>
internal sealed class AcceleratorPool(
    Func<CancellationToken, Task<IReadOnlyList<Accelerator>>> read, Func<string, CancellationToken, Task<Func<NodeAccelerator, bool>>>? ofClass, TimeProvider time)
{
    // A tool of a driver in trouble takes seconds to answer.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<HeldAccelerator> _held = [];
    private Task<IReadOnlyList<Accelerator>>? _all;
    private long _readAt;

    /// <summary>Called after some became free.</summary>
    public Action Freed { get; set; } = () => { };

    /// <summary>The variables that show a replica its accelerators.</summary>
    /// <param name="owner">Has none now.</param>
    /// <param name="share">Null: it gets none.</param>
    /// <returns>The variables, or why it must wait.</returns>
    public async Task<(IReadOnlyDictionary<string, string>? Variables, string Problem)> TakeAsync(string owner, AcceleratorShare? share, CancellationToken ct)
    {
        var all = await ReadAsync(again: false, ct);
        if (share is null or { Count: <= 0 })
            return (VisibleDevices.For(all, []), "");
        var isOfClass = share.Class is { } name && ofClass is not null ? await ofClass(name, ct) : _ => true;
        bool IsSuited(Accelerator one) => isOfClass(MachineNode.Shown(one));
        if (all.Count(a => a.Resource == share.Resource && IsSuited(a)) < share.Count)
            all = await ReadAsync(again: true, ct);
        lock (_lock)
        {
            switch (AcceleratorPlan.Give(all, _held, share, IsSuited))
            {
                case AcceleratorOutcome.Given given:
                    _held.AddRange(given.Accelerators.Select(a => new HeldAccelerator(a.Id, owner)));
                    return (VisibleDevices.For(all, given.Accelerators), "");
                case AcceleratorOutcome.Taken taken:
                    return (null, taken.Message);
                default:
                    throw new InvalidOperationException("Accelerators are given or taken.");
            }
        }
    }

    /// <summary>What a replica has now.</summary>
    public IReadOnlyList<Accelerator> HeldBy(string owner)
    {
        lock (_lock)
        {
            var ids = _held.Where(h => h.Owner == owner).Select(h => h.Id).ToHashSet(StringComparer.Ordinal);
            return ids.Count > 0 && _all is { IsCompletedSuccessfully: true } all ? [.. all.Result.Where(a => ids.Contains(a.Id))] : [];
        }
    }

    /// <summary>Takes back what a replica has.</summary>
    public void Release(string owner)
    {
        lock (_lock)
        {
            if (_held.RemoveAll(h => h.Owner == owner) == 0)
                return;
        }
        Freed();
    }

    /// <summary>One look serves all who ask meanwhile.</summary>
    private Task<IReadOnlyList<Accelerator>> ReadAsync(bool again, CancellationToken ct)
    {
        lock (_lock)
        {
            if (_all is null || _all.IsFaulted || _all.IsCanceled || (again && time.GetElapsedTime(_readAt) >= LookAgainAfter))
            {
                _all = read(CancellationToken.None);
                _readAt = time.GetTimestamp();
            }
            return _all.WaitAsync(ct);
        }
    }
}
