using Microsoft.Win32.SafeHandles;
using Orrery.Local.Limits;

namespace Orrery.Local.Supervision;

/// <summary>
/// The one process that starts all replicas and that outlives <c>up</c> just long enough to end them.
/// <code>
///   up ── commands ──▶ stdin │ supervisor │ ──▶ session of replica 1 ── its children …
///      ◀── events ─── stdout │            │ ──▶ session of replica 2 ── its children …
/// </code>
/// 1. Kill what a supervisor before this one left behind, and remove its control groups.
/// 2. Start and stop as told; reap; report. One loop does it all, so nothing here is locked.
/// 3. At the end of stdin, which comes however <c>up</c> dies, or at TERM: TERM to all, KILL after a grace to every descendant until none is left.
/// </summary>
public static class Supervisor
{
    /// <summary>From TERM to KILL at the end.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>The whole of <c>orrery supervise</c>: takes over standard input and output, and returns the exit code when nothing that it started lives.</summary>
    /// <param name="runFolder">Where pid files go: the home's <c>run</c>.</param>
    public static Task<int> RunAsync(string runFolder, TimeProvider time) => RunAsync(runFolder, LimitForms.OfThisMachine(Posix.Parent()), time);

    internal static async Task<int> RunAsync(string runFolder, LimitForm limits, TimeProvider time)
    {
        Posix.LeaveGroup();
        Posix.BecomeSubreaper();
        Posix.CloseInheritedOnExec();
        using var loop = new SupervisorLoop(runFolder, limits, time);
        await using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 1);
        await using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 1);
        return await loop.RunAsync(input, output);
    }
}
