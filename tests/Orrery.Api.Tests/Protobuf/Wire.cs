using System.Text;

namespace Orrery.Api.Tests.Protobuf;

/// <summary>Writes protobuf's wire format, for bodies as typed clients send them.</summary>
internal static class Wire
{
    public static byte[] Envelope(string apiVersion, string kind, params byte[] message)
        => [.. "k8s\0"u8, .. Bytes(1, [.. Text(1, apiVersion), .. Text(2, kind)]), .. Bytes(2, message), .. Text(3, ""), .. Text(4, "")];

    public static byte[] Text(int number, string text) => Bytes(number, Encoding.UTF8.GetBytes(text));

    public static byte[] Bytes(int number, byte[] content) => [.. Varint(((ulong)number << 3) | 2), .. Varint((ulong)content.Length), .. content];

    public static byte[] Whole(int number, long value) => [.. Varint((ulong)number << 3), .. Varint((ulong)value)];

    public static byte[] Entry(int number, string key, byte[] value) => Bytes(number, [.. Text(1, key), .. Bytes(2, value)]);

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
