namespace Orrery.Resources.Demand;

/// <summary>Figures of one service.</summary>
internal sealed class DemandCounts
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
