namespace Orrery.ModelAgent.Library;

/// <summary>The contents that one download builds on: they stay until it ended, whatever versions come and go.</summary>
internal sealed class Holds(ModelLibrary library) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, IDisposable> _held = [];

    /// <summary>Twice is as good as once.</summary>
    public void Add(string sha256)
    {
        lock (_lock)
        {
            if (!_held.ContainsKey(sha256))
                _held[sha256] = library.Hold(sha256);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var hold in _held.Values)
                hold.Dispose();
        }
    }
}
