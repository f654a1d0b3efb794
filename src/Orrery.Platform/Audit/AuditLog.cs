using Orrery.Platform.Lines;

namespace Orrery.Platform.Audit;

/// <summary>
/// The audit log of a home, in lines of <c>audit.k8s.io/v1</c>:
/// <code>
///   audit.jsonl.N             what known callers wanted to write, done or forbidden
///   audit-unknown.jsonl.N     what nobody known wanted to write; apart, so that a flood of it never pushes out the other
/// </code>
/// A write is recorded twice: before anything is done, and with its result before the answer goes out. What a crash leaves:
/// <list type="bullet">
/// <item>The program is killed: every write that was begun has its first line, every answered one also its second.</item>
/// <item>The power fails: every answered write has its first line; the second, with the result, may be lost.</item>
/// </list>
/// What controllers of the same process write goes to the store directly and is not recorded.
/// </summary>
public sealed class AuditLog : IDisposable
{
    private readonly LineFiles _known;
    private readonly LineFiles _unknown;

    private AuditLog(LineFiles known, LineFiles unknown) => (_known, _unknown) = (known, unknown);

    /// <param name="folder">Must be there.</param>
    /// <exception cref="IOException">The files cannot be opened or made.</exception>
    public static AuditLog Open(string folder, LineLimits? limits = null)
    {
        limits ??= new LineLimits();
        var known = new LineFiles(Path.Combine(folder, "audit.jsonl"), limits);
        try
        {
            return new AuditLog(known, new LineFiles(Path.Combine(folder, "audit-unknown.jsonl"), limits with { MaxFiles = Math.Min(2, limits.MaxFiles) }));
        }
        catch
        {
            known.Dispose();
            throw;
        }
    }

    /// <summary>Back when the operating system has the line.</summary>
    /// <returns>Null, or why it could not be recorded.</returns>
    public string? Record(AuditEvent happened)
    {
        try
        {
            (happened.Caller is null ? _unknown : _known).Append(AuditJson.Line(happened));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return e.Message;
        }
    }

    /// <summary>Back when everything recorded of known callers so far is on disk.</summary>
    /// <returns>Null, or why it is not.</returns>
    public async Task<string?> SyncAsync()
    {
        try
        {
            await _known.SyncAsync();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            return e.Message;
        }
    }

    public void Dispose()
    {
        _known.Dispose();
        _unknown.Dispose();
    }
}
