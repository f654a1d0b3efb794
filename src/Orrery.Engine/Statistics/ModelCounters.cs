using Orrery.Engine.Queue;

namespace Orrery.Engine.Statistics;

/// <summary>
/// Counts what one model does. The worker and its callers write, anybody reads; no locks, no allocation per token. Not <c>System.Diagnostics.Metrics</c>:
/// those instruments are the process's and keep no values, and these are one model's and read by several at any time (metrics, routers, tests).
/// </summary>
internal sealed class ModelCounters(TimeProvider time)
{
    private readonly long[] _ended = new long[Enum.GetValues<RequestEnd>().Length];
    private long _promptTokens, _prefixQueried, _prefixHit, _generated, _preemptions, _drafted, _accepted;

    public Histogram QueueTime { get; } = new();

    public Histogram EndToEnd { get; } = new();

    public Histogram TimeToFirstToken { get; } = new();

    public Histogram InterTokenLatency { get; } = new();

    public DateTimeOffset Clock => time.GetUtcNow();

    public long Now => time.GetTimestamp();

    public TimeSpan Between(long start, long end) => time.GetElapsedTime(start, end);

    /// <summary>A request came; what becomes of it is told to the meter.</summary>
    public RequestMeter Arrived(int promptTokens) => new(this, promptTokens);

    public void Preempted() => Interlocked.Increment(ref _preemptions);

    /// <param name="drafted">Tokens of a draft that one pass computed.</param>
    /// <param name="accepted">Those of them that the sampler chose.</param>
    public void Drafted(int drafted, int accepted)
    {
        Interlocked.Add(ref _drafted, drafted);
        Interlocked.Add(ref _accepted, accepted);
    }

    public void PromptComputed(int tokens) => Interlocked.Add(ref _promptTokens, tokens);

    public void PrefixLookedUp(int tokens, int hit)
    {
        Interlocked.Add(ref _prefixQueried, tokens);
        Interlocked.Add(ref _prefixHit, hit);
    }

    public void Generated() => Interlocked.Increment(ref _generated);

    public void Ended(RequestEnd end) => Interlocked.Increment(ref _ended[(int)end]);

    public ModelStatistics Snapshot(QueueLoad load) => new()
    {
        Running = load.Running,
        Waiting = load.Waiting,
        Rejected = load.Rejected,
        PromptTokens = Volatile.Read(ref _promptTokens),
        Ended = Enum.GetValues<RequestEnd>().ToDictionary(end => end, end => Volatile.Read(ref _ended[(int)end])),
        QueueTime = QueueTime.Snapshot(),
        EndToEnd = EndToEnd.Snapshot(),
    };

    /// <param name="pages">Of the KV cache.</param>
    public GenerationStatistics GenerationSnapshot((int Used, int All) pages) => new()
    {
        KvPagesUsed = pages.Used,
        KvPages = pages.All,
        PrefixTokensQueried = Volatile.Read(ref _prefixQueried),
        PrefixTokensHit = Volatile.Read(ref _prefixHit),
        GeneratedTokens = Volatile.Read(ref _generated),
        Preemptions = Volatile.Read(ref _preemptions),
        DraftedTokens = Volatile.Read(ref _drafted),
        AcceptedTokens = Volatile.Read(ref _accepted),
        TimeToFirstToken = TimeToFirstToken.Snapshot(),
        InterTokenLatency = InterTokenLatency.Snapshot(),
    };
}
