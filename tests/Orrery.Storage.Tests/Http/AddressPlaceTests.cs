using System.Net;
using Orrery.Storage.Http;

namespace Orrery.Storage.Tests.Http;

public sealed class AddressPlaceTests
{
    [Theory]
    [InlineData("93.184.216.34", AddressPlace.Public)]
    [InlineData("2606:2800:220:1::1", AddressPlace.Public)]
    [InlineData("10.0.0.1", AddressPlace.Private)]
    [InlineData("172.31.255.255", AddressPlace.Private)]
    [InlineData("172.32.0.1", AddressPlace.Public)]
    [InlineData("192.168.1.1", AddressPlace.Private)]
    [InlineData("100.100.0.1", AddressPlace.Private)]
    [InlineData("fd00::1", AddressPlace.Private)]
    [InlineData("127.0.0.1", AddressPlace.Loopback)]
    [InlineData("127.9.9.9", AddressPlace.Loopback)]
    [InlineData("::1", AddressPlace.Loopback)]
    [InlineData("::ffff:127.0.0.1", AddressPlace.Loopback)]
    [InlineData("64:ff9b::7f00:1", AddressPlace.Loopback)]
    [InlineData("169.254.169.254", AddressPlace.LinkLocal)]
    [InlineData("::ffff:169.254.169.254", AddressPlace.LinkLocal)]
    [InlineData("fe80::1", AddressPlace.LinkLocal)]
    [InlineData("0.0.0.0", AddressPlace.Special)]
    [InlineData("::", AddressPlace.Special)]
    [InlineData("224.0.0.1", AddressPlace.Special)]
    [InlineData("255.255.255.255", AddressPlace.Special)]
    public void Each_address_has_its_place(string address, AddressPlace place) => Assert.Equal(place, AddressPlaces.Of(IPAddress.Parse(address)));

    [Fact]
    public void Nobody_is_led_nearer_than_who_leads_and_nobody_to_link_local_addresses()
    {
        var allowed = from f in Enum.GetValues<AddressPlace>()
                      from t in Enum.GetValues<AddressPlace>()
                      where AddressPlaces.MayRedirect(f, t)
                      select $"{f}>{t}";

        Assert.Equal(
            ["Public>Public", "Private>Public", "Private>Private", "Loopback>Public", "Loopback>Private", "Loopback>Loopback", "LinkLocal>Public", "Special>Public"], allowed);
    }
}
