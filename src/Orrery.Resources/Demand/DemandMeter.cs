using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Orrery.Resources.Serving;
using Orrery.Resources.Workloads;

namespace Orrery.Resources.Demand;

/// <summary>Counts one process's requests per service. The gateway enters and leaves; who scales in the same process reads.</summary>
public sealed class DemandMeter(TimeProvider time) : IDemandFeed
{
    private readonly ConcurrentDictionary<ResourceKey, Counts> _services = new();
    private readonly ConcurrentDictionary<WorkloadKey, Outcomes> _answers = new();
    private readonly Lock _watchersLock = new();
    private readonly List<Watcher> _watchers = [];

    // Only of those that work on something: no longer than the requests in flight.
    private readonly Dictionary<string, int> _work = new(StringComparer.Ordinal);

    /// <summary>A request for this service arrived and waits for a replica. Dispose when it has ended, however it ended.</summary>
    public DemandClaim Enter(ResourceKey service)
    {
        while (true)
        {
            var counts = _services.GetOrAdd(service, _ => new Counts());
            // Forgotten between the two lines: the next look makes new ones.
            if (counts.Arrive(time.GetUtcNow()) is not { } first)
                continue;
            if (first)
                Tell(service);
            return new DemandClaim(this, service, counts);
        }
    }

    /// <summary>
    /// The service is gone: its figures and its workloads' are dropped, so that what is kept does not grow with all services that ever were.
    /// While it still has requests nothing is; whoever ends the last one says it again.
    /// </summary>
    public void Forget(ResourceKey service)
    {
        ArgumentNullException.ThrowIfNull(service);
        if (_services.TryGetValue(service, out var counts))
        {
            if (!counts.Retire())
                return;
            _services.TryRemove(KeyValuePair.Create(service, counts));
        }
        foreach (string workload in ServingNames.WorkloadsOf(service.Name))
            _answers.TryRemove(new WorkloadKey(service.Namespace, workload), out _);
    }

    public ServiceDemand Read(ResourceKey service) => _services.TryGetValue(service, out var counts) ? counts.Read() : ServiceDemand.None;

    public AnswerCounts Answers(WorkloadKey workload) => _answers.TryGetValue(workload, out var outcomes) ? outcomes.Read() : AnswerCounts.None;

    /// <summary>A request to one of the workload's replicas ended.</summary>
    /// <param name="failed">It was answered 5xx, or not to the end.</param>
    public void Answered(WorkloadKey workload, bool failed) => _answers.GetOrAdd(workload, _ => new Outcomes()).Add(failed);

    /// <summary>A replica works on a request now. Dispose once when it does no more.</summary>
    /// <param name="address"><c>unix:/path</c> or <c>127.0.0.1:port</c>.</param>
    public ReplicaWork WorkAt(string address)
    {
        Work(address, 1);
        return new ReplicaWork(this, address);
    }

    /// <summary>Requests that the replica at this address works on.</summary>
    public int InFlightAt(string address)
    {
        lock (_work)
            return _work.GetValueOrDefault(address);
    }

    internal void Work(string address, int change)
    {
        lock (_work)
        {
            if ((_work[address] = _work.GetValueOrDefault(address) + change) == 0)
                _work.Remove(address);
        }
    }

    public async IAsyncEnumerable<ResourceKey> WatchAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var watcher = new Watcher();
        lock (_watchersLock)
            _watchers.Add(watcher);
        try
        {
            foreach (var (service, counts) in _services)
            {
                if (counts.Read() is { Waiting: > 0 } or { InFlight: > 0 })
                    yield return service;
            }
            while (true)
            {
                await watcher.Changed.WaitAsync(ct);
                foreach (var service in watcher.Take())
                    yield return service;
            }
        }
        finally
        {
            lock (_watchersLock)
                _watchers.Remove(watcher);
        }
    }

    internal void Leave(ResourceKey service, Counts counts, bool wasWaiting, long tokens)
    {
        if (counts.Leave(wasWaiting, tokens, time.GetUtcNow()))
            Tell(service);
    }

    private void Tell(ResourceKey service)
    {
        lock (_watchersLock)
        {
            foreach (var watcher in _watchers)
                watcher.Add(service);
        }
    }

    /// <summary>Holds each service at most once, however often it changed since the watcher looked: whoever hears of one reads the present figures.</summary>
    private sealed class Watcher
    {
        private readonly Lock _lock = new();
        private HashSet<ResourceKey> _services = [];

        public SemaphoreSlim Changed { get; } = new(0, 1);

        public void Add(ResourceKey service)
        {
            lock (_lock)
            {
                _services.Add(service);
                if (Changed.CurrentCount == 0)
                    Changed.Release();
            }
        }

        public HashSet<ResourceKey> Take()
        {
            lock (_lock)
            {
                var taken = _services;
                _services = [];
                return taken;
            }
        }
    }

    internal sealed class Counts
    {
        private readonly Lock _lock = new();
        private int _waiting;
        private int _inFlight;
        private long _tokens;
        private long _tokensInFlight;
        private long _arrived;
        private DateTimeOffset? _lastUsed;
        private bool _retired;

        /// <returns>True when there was no request before; null when these counts are forgotten and count no more.</returns>
        public bool? Arrive(DateTimeOffset now)
        {
            lock (_lock)
            {
                if (_retired)
                    return null;
                _lastUsed = now;
                _arrived++;
                return _waiting++ + _inFlight == 0;
            }
        }

        /// <returns>False: there are requests.</returns>
        public bool Retire()
        {
            lock (_lock)
                return _retired |= _waiting + _inFlight == 0;
        }

        public void Start()
        {
            lock (_lock)
            {
                _waiting--;
                _inFlight++;
            }
        }

        /// <summary>The request lost its replica and waits for another.</summary>
        public void WaitAgain()
        {
            lock (_lock)
            {
                _waiting++;
                _inFlight--;
            }
        }

        public void AddTokens(long tokens) => Interlocked.Add(ref _tokens, tokens);

        public void AddTokensInFlight(long tokens) => Interlocked.Add(ref _tokensInFlight, tokens);

        /// <param name="tokens">In flight for this request.</param>
        /// <returns>True when no request is left.</returns>
        public bool Leave(bool wasWaiting, long tokens, DateTimeOffset now)
        {
            AddTokensInFlight(-tokens);
            lock (_lock)
            {
                if (wasWaiting)
                    _waiting--;
                else
                    _inFlight--;
                _lastUsed = now;
                return _waiting + _inFlight == 0;
            }
        }

        public ServiceDemand Read()
        {
            lock (_lock)
                return new ServiceDemand(_waiting, _inFlight, Interlocked.Read(ref _tokens), _lastUsed, _arrived, Interlocked.Read(ref _tokensInFlight));
        }
    }

    private sealed class Outcomes
    {
        private long _all;
        private long _failed;

        public void Add(bool failed)
        {
            Interlocked.Increment(ref _all);
            if (failed)
                Interlocked.Increment(ref _failed);
        }

        // Failed first: what is added in between makes the share smaller, never above one.
        public AnswerCounts Read()
        {
            long failed = Interlocked.Read(ref _failed);
            return new AnswerCounts(Interlocked.Read(ref _all), failed);
        }
    }
}

/// <summary>One request's place in the figures. Belongs to one request, so not safe for use by several threads at once.</summary>
public sealed class DemandClaim : IDisposable
{
    private readonly DemandMeter _meter;
    private readonly ResourceKey _service;
    private readonly DemandMeter.Counts _counts;
    private bool _waiting = true;
    private bool _ended;
    private long _tokensInFlight;

    internal DemandClaim(DemandMeter meter, ResourceKey service, DemandMeter.Counts counts)
    {
        _meter = meter;
        _service = service;
        _counts = counts;
    }

    /// <summary>A replica works on it now.</summary>
    public void Start()
    {
        if (_waiting)
            _counts.Start();
        _waiting = false;
    }

    /// <summary>It lost its replica and waits for another.</summary>
    public void WaitAgain()
    {
        if (!_waiting)
            _counts.WaitAgain();
        _waiting = true;
    }

    public void AddTokens(long tokens) => _counts.AddTokens(tokens);

    /// <summary>So many tokens of its prompt and answer are known, until it ends.</summary>
    public void SetTokensInFlight(long tokens)
    {
        _counts.AddTokensInFlight(tokens - _tokensInFlight);
        _tokensInFlight = tokens;
    }

    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        _meter.Leave(_service, _counts, _waiting, _tokensInFlight);
    }
}
