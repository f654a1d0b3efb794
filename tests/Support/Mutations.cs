using System.Text;

namespace Orrery.Testing;

/// <summary>Damages a file in ways that a parser is likely to stumble over.</summary>
internal static class Mutations
{
    private static readonly string[] Fragments =
        ["-1", "99999999999999999999", "1e999", "null", "true", "[]", "{}", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "[[[[[[[[", "\uFEFF", "18446744073709551615", ","];

    public static byte[] Of(byte[] sound, Random random)
    {
        int at = random.Next(sound.Length), length = Math.Min(random.Next(1, 40), sound.Length - at);
        var bytes = sound.ToList();
        switch (random.Next(6))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(Fragments[random.Next(Fragments.Length)]));
                break;
            default:
                ReplaceValue(bytes, at, Fragments[random.Next(Fragments.Length)]);
                break;
        }
        return [.. bytes];
    }

    /// <summary>Puts the fragment in the place of what stands behind the next colon.</summary>
    private static void ReplaceValue(List<byte> bytes, int from, string fragment)
    {
        int colon = bytes.IndexOf((byte)':', from);
        if (colon < 0)
            return;
        int end = colon + 1;
        while (end < bytes.Count && bytes[end] is not ((byte)',' or (byte)'}' or (byte)'\n'))
            end++;
        bytes.RemoveRange(colon + 1, end - colon - 1);
        bytes.InsertRange(colon + 1, Encoding.UTF8.GetBytes(fragment));
    }
}
