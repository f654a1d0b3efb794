using System.Net;
using System.Net.Sockets;

namespace Orrery.Storage.Http;

/// <summary>How near an address is to this machine. A redirect must not lead nearer than whoever redirects is.</summary>
public enum AddressPlace
{
    Public,

    /// <summary>A network of its owner: 10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7.</summary>
    Private,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>One cable: 169.254/16 and fe80::/10. Clouds give out machine credentials there, so nothing may ever redirect to it.</summary>
    LinkLocal,

    /// <summary>Nothing that one connects to: multicast, broadcast, 0/8.</summary>
    Special,
}

/// <summary>Tells where an address is. Pure.</summary>
public static class AddressPlaces
{
    public static AddressPlace Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address))
            return AddressPlace.Loopback;
        byte[] b = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // 64:ff9b::/96 carries an IPv4 address inside.
            if (b is [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, ..])
                return Of(new IPAddress(b.AsSpan(12)));
            if (address.IsIPv6LinkLocal)
                return AddressPlace.LinkLocal;
            if (address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any))
                return AddressPlace.Special;
            return (b[0] & 0xfe) == 0xfc || address.IsIPv6SiteLocal ? AddressPlace.Private : AddressPlace.Public;
        }
        return b switch
        {
            [169, 254, ..] => AddressPlace.LinkLocal,
            [0, ..] or [>= 224, ..] => AddressPlace.Special,
            [10, ..] or [172, >= 16 and <= 31, ..] or [192, 168, ..] or [100, >= 64 and <= 127, ..] => AddressPlace.Private,
            _ => AddressPlace.Public,
        };
    }

    /// <summary>Whether somebody at the one place may send us to the other.</summary>
    public static bool MayRedirect(AddressPlace from, AddressPlace to) => to switch
    {
        AddressPlace.Public => true,
        AddressPlace.Private => from is AddressPlace.Private or AddressPlace.Loopback,
        AddressPlace.Loopback => from == AddressPlace.Loopback,
        _ => false,
    };
}
