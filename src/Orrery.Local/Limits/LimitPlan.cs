using System.Collections.Immutable;
using System.Globalization;

namespace Orrery.Local.Limits;

/// <param name="IsNeeded">Otherwise its file may be missing: kernels and configurations differ.</param>
internal sealed record LimitWrite(string File, string Text, bool IsNeeded = true);

/// <summary>How the limits of one replica are held. Pure.</summary>
/// <param name="Folders">To be made, those above first; they are the replica's alone but for the home's above them.</param>
/// <param name="Writes">In this order.</param>
/// <param name="Entries">Files to which a thread (version 1) or process (version 2) writes 0 to be in the group, with what it starts.</param>
/// <param name="DataBytes">Limit of the replica's processes on their data. Null: none.</param>
/// <param name="NotHeld">In words, what cannot be held here. Null: all is held.</param>
internal sealed record LimitPlan(
    ImmutableArray<string> Folders, ImmutableArray<LimitWrite> Writes, ImmutableArray<string> Entries, long? DataBytes, string? NotHeld)
{
    // A process that starts others without end must not take the machine along.
    private const int MaxProcesses = 16_384;
    private const int PeriodMicroseconds = 100_000;

    // The kernel takes no less.
    private const int LeastQuotaMicroseconds = 1_000;

    public static LimitPlan None { get; } = new([], [], [], null, null);

    /// <param name="home">Name of the home's group in each base.</param>
    /// <param name="replica">Name of the replica's group in the home's.</param>
    public static LimitPlan For(LimitForm form, ReplicaLimits? limits, string home, string replica)
    {
        if (limits is null or { MemoryBytes: null, Processors: null })
            return None;
        string? notHeld = NotHeldBy(form, limits);
        return form switch
        {
            LimitForm.Version2 two => InVersion2(two, limits, home, replica) with { NotHeld = notHeld },
            LimitForm.Version1 one => InVersion1(one, limits, home, replica) with { NotHeld = notHeld },
            _ => None with { DataBytes = limits.MemoryBytes, NotHeld = notHeld },
        };
    }

    private static LimitPlan InVersion2(LimitForm.Version2 form, ReplicaLimits limits, string home, string replica)
    {
        string above = Path.Combine(form.Base, home), own = Path.Combine(above, replica);
        string enable = string.Join(' ', form.Controllers.Select(c => $"+{c}"));
        var writes = ImmutableArray.CreateBuilder<LimitWrite>();
        if (form.Leaf is not null)
            writes.Add(new LimitWrite(Path.Combine(form.Base, "cgroup.subtree_control"), enable));
        writes.Add(new LimitWrite(Path.Combine(above, "cgroup.subtree_control"), enable));
        if (limits.MemoryBytes is { } memory && form.Has("memory"))
        {
            writes.Add(new LimitWrite(Path.Combine(own, "memory.max"), Text(memory)));
            writes.Add(new LimitWrite(Path.Combine(own, "memory.swap.max"), "0", IsNeeded: false));
            // What is left of a replica that lost a process is of no use to anybody.
            writes.Add(new LimitWrite(Path.Combine(own, "memory.oom.group"), "1", IsNeeded: false));
        }
        if (limits.Processors is { } processors && form.Has("cpu"))
            writes.Add(new LimitWrite(Path.Combine(own, "cpu.max"), $"{Text(Quota(processors))} {Text(PeriodMicroseconds)}"));
        if (form.Has("pids"))
            writes.Add(new LimitWrite(Path.Combine(own, "pids.max"), Text(MaxProcesses), IsNeeded: false));
        return new LimitPlan([above, own], writes.ToImmutable(), [Path.Combine(own, "cgroup.procs")], null, null);
    }

    private static LimitPlan InVersion1(LimitForm.Version1 form, ReplicaLimits limits, string home, string replica)
    {
        var folders = ImmutableArray.CreateBuilder<string>();
        var writes = ImmutableArray.CreateBuilder<LimitWrite>();
        var entries = ImmutableArray.CreateBuilder<string>();
        if (limits.MemoryBytes is { } memory && Group("memory") is { } holder)
        {
            writes.Add(new LimitWrite(Path.Combine(holder, "memory.limit_in_bytes"), Text(memory)));
            // Memory and swap together, which may not be below memory alone; only there where the kernel counts swap.
            writes.Add(new LimitWrite(Path.Combine(holder, "memory.memsw.limit_in_bytes"), Text(memory), IsNeeded: false));
        }
        if (limits.Processors is { } processors && Group("cpu") is { } cpu)
        {
            writes.Add(new LimitWrite(Path.Combine(cpu, "cpu.cfs_period_us"), Text(PeriodMicroseconds)));
            writes.Add(new LimitWrite(Path.Combine(cpu, "cpu.cfs_quota_us"), Text(Quota(processors))));
        }
        if (Group("pids") is { } pids)
            writes.Add(new LimitWrite(Path.Combine(pids, "pids.max"), Text(MaxProcesses), IsNeeded: false));
        return new LimitPlan(folders.ToImmutable(), writes.ToImmutable(), entries.ToImmutable(), null, null);

        string? Group(string controller)
        {
            if (!form.Bases.TryGetValue(controller, out string? at))
                return null;
            string above = Path.Combine(at, home), own = Path.Combine(above, replica);
            // Controllers may share a hierarchy, and then a folder.
            if (!folders.Contains(own))
            {
                folders.AddRange(above, own);
                entries.Add(Path.Combine(own, "tasks"));
            }
            return own;
        }
    }

    private static string? NotHeldBy(LimitForm form, ReplicaLimits limits)
    {
        var words = new List<string>();
        if (limits.MemoryBytes is { } bytes && !form.Has("memory"))
        {
            words.Add(form is LimitForm.PerProcess
                ? $"its limit of {bytes} bytes of memory holds for the data of each of its processes alone, without mapped files and shared memory"
                : $"its limit of {bytes} bytes of memory is not held");
        }
        if (limits.Processors is { } processors && !form.Has("cpu"))
            words.Add(string.Create(CultureInfo.InvariantCulture, $"its limit of {processors} processors is not held"));
        return words.Count == 0 ? null : $"{string.Join(", and ", words)}: no control group for it can be made on this machine";
    }

    private static long Quota(double processors) => Math.Max(LeastQuotaMicroseconds, (long)(processors * PeriodMicroseconds));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
