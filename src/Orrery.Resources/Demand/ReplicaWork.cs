namespace Orrery.Resources.Demand;

/// <summary>One request at one replica. Disposing twice counts once.</summary>
public sealed class ReplicaWork : IDisposable
{
    private readonly string _address;
    private DemandMeter? _meter;

    internal ReplicaWork(DemandMeter meter, string address) => (_meter, _address) = (meter, address);

    public void Dispose() => Interlocked.Exchange(ref _meter, null)?.Work(_address, -1);
}
