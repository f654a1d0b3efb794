namespace Orrery.Resources.Store;

/// <summary>Where changes become durable. Called by one writer at a time.</summary>
public interface IChangeLog : IDisposable
{
    /// <summary>Called once, before anything else.</summary>
    LoadedLog Load();

    /// <summary>All or none of the changes; back only when they would survive a loss of power.</summary>
    void Append(IReadOnlyList<Change> changes);
}

/// <param name="Version">Of the last change ever made; versions never repeat.</param>
/// <param name="Objects">All that exists.</param>
/// <param name="History">The last changes, oldest first, without gaps, up to <paramref name="Version"/>; at most the bound of the log.</param>
public sealed record LoadedLog(long Version, IReadOnlyList<Document> Objects, IReadOnlyList<Change> History);

/// <summary>Forgets everything at the end of the process: for tests and for trying things.</summary>
public sealed class MemoryChangeLog : IChangeLog
{
    public LoadedLog Load() => new(0, [], []);

    public void Append(IReadOnlyList<Change> changes)
    {
    }

    public void Dispose()
    {
    }
}
