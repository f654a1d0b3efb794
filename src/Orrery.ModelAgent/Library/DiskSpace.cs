namespace Orrery.ModelAgent.Library;

/// <summary>Gives each download its room before it begins, so that several together do not fill what each of them saw free.</summary>
/// <param name="freeBytes">Of the disk, now.</param>
internal sealed class DiskSpace(ModelLibrary library, ModelAgentOptions options, Func<long> freeBytes, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<Reservation> _reserved = [];

    /// <summary>Removes what has to go, least recently used first.</summary>
    /// <param name="left">Bytes that the download will still write, as it goes on.</param>
    /// <param name="mayGo">Neither in use nor pinned.</param>
    /// <returns>A lease of the room, or what is wrong.</returns>
    public (IDisposable? Room, string? Problem) Reserve(Func<long> left, Func<VersionRecord, bool> mayGo)
    {
        lock (_lock)
        {
            long needed = left(), promised = _reserved.Sum(r => Math.Max(r.Left(), 0));
            var plan = DiskPlan.For(
                needed, freeBytes() - promised, options.MinFreeBytes, library.Bytes + _reserved.Sum(r => r.Bytes), options.MaxBytes > 0 ? options.MaxBytes : null,
                library.Versions, v => v.Evicted is null && mayGo(v), library.Held);
            if (plan is DiskPlan.TooLittle little)
                return (null, little.Problem);
            foreach (var version in ((DiskPlan.Fits)plan).Evict)
                library.Evict(version, time.GetUtcNow());
            var reservation = new Reservation(this, needed, left);
            _reserved.Add(reservation);
            return (reservation, null);
        }
    }

    private sealed class Reservation(DiskSpace space, long bytes, Func<long> left) : IDisposable
    {
        /// <summary>All that it was given: what came of it counts as nobody's until the version is put together.</summary>
        public long Bytes { get; } = bytes;

        public Func<long> Left { get; } = left;

        public void Dispose()
        {
            lock (space._lock)
                space._reserved.Remove(this);
        }
    }
}
