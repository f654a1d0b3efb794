using Orrery.Resources.Standard;

namespace Orrery.Gateway.Tests.Fixtures;

/// <summary>Where something answers, as an EndpointSlice says it.</summary>
internal interface IReplica
{
    string AddressType { get; }

    string Address { get; }

    int? Port { get; }
}

/// <summary>An address that refuses connections.</summary>
internal sealed class NobodyThere : IReplica
{
    public string AddressType => EndpointSlice.Unix;

    public string Address { get; } = $"/tmp/orr-nobody-{Guid.NewGuid():N}.sock";

    public int? Port => null;
}
