namespace Orrery.ModelAgent.Downloads;

/// <summary>One at a time per key: of two models with the same file the second waits, and then finds it. Holds only keys that are in use.</summary>
internal sealed class KeyedLock
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = [];

    public async Task<IDisposable> EnterAsync(string key, CancellationToken ct)
    {
        Entry entry;
        lock (_lock)
        {
            entry = _entries.GetValueOrDefault(key) ?? (_entries[key] = new Entry());
            entry.Users++;
        }
        try
        {
            await entry.Turn.WaitAsync(ct);
        }
        catch
        {
            Leave(key, entry);
            throw;
        }
        return new Held(this, key, entry);
    }

    private void Leave(string key, Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Users == 0)
            {
                _entries.Remove(key);
                entry.Turn.Dispose();
            }
        }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Held(KeyedLock locks, string key, Entry entry) : IDisposable
    {
        private KeyedLock? _locks = locks;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _locks, null) is not { } held)
                return;
            entry.Turn.Release();
            held.Leave(key, entry);
        }
    }
}
