namespace Orrery.Resources.Demand;

/// <summary>One request's place in the figures. Belongs to one request, so not safe for use by several threads at once.</summary>
public sealed class DemandClaim : IDisposable
{
    private readonly DemandMeter _meter;
    private readonly ResourceKey _service;
    private readonly DemandCounts _counts;
    private bool _waiting = true;
    private bool _ended;
    private long _tokensInFlight;

    internal DemandClaim(DemandMeter meter, ResourceKey service, DemandCounts counts)
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
