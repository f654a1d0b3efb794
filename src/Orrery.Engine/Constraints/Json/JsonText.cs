using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Orrery.Engine.Constraints.Json;

/// <summary>
/// The canonical text of JSON values: no white space, members as they come, numbers as they were written, only those characters of strings
/// escaped that must be. Values of enum and const, and names of members, are allowed in this one form.
/// </summary>
internal static class JsonText
{
    public static byte[] Of(JsonElement value)
    {
        var to = new ArrayBufferWriter<byte>();
        Write(value, to);
        return to.WrittenSpan.ToArray();
    }

    public static byte[] OfString(string value)
    {
        var to = new ArrayBufferWriter<byte>(value.Length + 2);
        Write(value, to);
        return to.WrittenSpan.ToArray();
    }

    private static void Write(JsonElement value, ArrayBufferWriter<byte> to)
    {
        string separator = "";
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                to.Write("{"u8);
                foreach (var member in value.EnumerateObject())
                {
                    Add(to, separator);
                    Write(member.Name, to);
                    Add(to, ":");
                    Write(member.Value, to);
                    separator = ",";
                }
                to.Write("}"u8);
                break;
            case JsonValueKind.Array:
                to.Write("["u8);
                foreach (var item in value.EnumerateArray())
                {
                    Add(to, separator);
                    Write(item, to);
                    separator = ",";
                }
                to.Write("]"u8);
                break;
            case JsonValueKind.String:
                Write(value.GetString()!, to);
                break;
            default:
                Add(to, value.GetRawText());
                break;
        }
    }

    private static void Write(string value, ArrayBufferWriter<byte> to)
    {
        to.Write("\""u8);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in value.EnumerateRunes())
        {
            if (JsonCharacters.CanonicalEscape(rune.Value) is { } escape)
                to.Write(escape);
            else
                to.Write(utf8[..rune.EncodeToUtf8(utf8)]);
        }
        to.Write("\""u8);
    }

    private static void Add(ArrayBufferWriter<byte> to, string text) => to.Write(Encoding.UTF8.GetBytes(text));
}
