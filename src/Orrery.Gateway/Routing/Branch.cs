using System.Collections.Immutable;

namespace Orrery.Gateway.Routing;

/// <summary>Replicas of one workload of a service, or a server that runs elsewhere, with a share of the service's requests.</summary>
/// <param name="Percent">From 0 to 100.</param>
/// <param name="Upstreams">Ready by what is written of them; some may be ejected.</param>
internal sealed record Branch(int Percent, ImmutableArray<Upstream> Upstreams)
{
    /// <summary>It may get requests now.</summary>
    public bool Able => Percent > 0 && AbleFrom(0, except: null) is not null;

    /// <summary>Of two random replicas the less loaded wins: near-optimal balance without comparing all. Null: none may get requests.</summary>
    public Lease? TryTake(Random random)
    {
        if (Upstreams.IsEmpty || AbleFrom(random.Next(Upstreams.Length), except: null) is not { } one)
            return null;
        var other = AbleFrom(random.Next(Upstreams.Length), except: one) ?? one;
        return (one.InFlight <= other.InFlight ? one : other).Take();
    }

    private Upstream? AbleFrom(int start, Upstream? except)
    {
        for (int i = 0; i < Upstreams.Length; i++)
        {
            var upstream = Upstreams[(start + i) % Upstreams.Length];
            if (!upstream.Ejected && upstream != except)
                return upstream;
        }
        return null;
    }
}
