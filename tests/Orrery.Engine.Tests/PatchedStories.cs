using System.Runtime.InteropServices;
using System.Text;
using Orrery.Models.Gguf;

namespace Orrery.Engine.Tests;

/// <summary>The stories model with something in its header changed, in place, so that everything else stays sound.</summary>
internal static class PatchedStories
{
    private const int TypeBytes = 4;

    /// <summary>Replaces a 32-bit value.</summary>
    public static string WithNumber(TempFolder folder, string key, uint value) => Write(folder, file =>
        BitConverter.TryWriteBytes(file.AsSpan(Find(file, key) + key.Length + TypeBytes), value));

    /// <summary>Replaces the first occurrence of a text by one as long.</summary>
    public static string WithText(TempFolder folder, string from, string to) => Write(folder, file =>
    {
        Assert.Equal(from.Length, to.Length);
        Encoding.UTF8.GetBytes(to, file.AsSpan(Find(file, from)));
    });

    /// <summary>Adds an output matrix that is twice the embedding; exact, since doubling only changes exponents.</summary>
    public static string WithDoubledOutput(TempFolder folder)
    {
        const string LastTensor = "blk.4.ffn_up.weight", NewTensor = "output.weight";
        const int EntryBytes = 4 + 8 + 8 + 4 + 8;                       // of a matrix, behind its name
        byte[] file = File.ReadAllBytes(Stories.Path("F32"));
        var header = GgufHeader.Read(file, file.Length, "stories");
        var embedding = header.Tensors["token_embd.weight"];
        int entriesEnd = Find(file, LastTensor) + LastTensor.Length + EntryBytes;
        long dataBytes = (file.Length - header.DataOffset + 31) / 32 * 32;

        BitConverter.TryWriteBytes(file.AsSpan(8), (ulong)header.Tensors.Count + 1);
        byte[] entry =
        [
            .. BitConverter.GetBytes((ulong)NewTensor.Length), .. Encoding.UTF8.GetBytes(NewTensor), .. BitConverter.GetBytes(2u),
            .. BitConverter.GetBytes(64UL), .. BitConverter.GetBytes(512UL), .. BitConverter.GetBytes(0u), .. BitConverter.GetBytes((ulong)dataBytes),
        ];
        float[] output = MemoryMarshal.Cast<byte, float>(file.AsSpan((int)embedding.Offset, (int)embedding.Bytes)).ToArray();
        byte[] headerBytes = [.. file.AsSpan(0, entriesEnd), .. entry];
        Array.Resize(ref headerBytes, (headerBytes.Length + 31) / 32 * 32);
        byte[] data = file[(int)header.DataOffset..];
        Array.Resize(ref data, (int)dataBytes);

        string path = folder.File("untied.gguf");
        File.WriteAllBytes(path, [.. headerBytes, .. data, .. output.SelectMany(weight => BitConverter.GetBytes(2 * weight))]);
        return path;
    }

    private static string Write(TempFolder folder, Action<byte[]> change)
    {
        byte[] file = File.ReadAllBytes(Stories.Path("F32"));
        change(file);
        string path = folder.File("patched.gguf");
        File.WriteAllBytes(path, file);
        return path;
    }

    private static int Find(byte[] file, string text)
    {
        int at = file.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text));
        Assert.InRange(at, 0, file.Length);
        return at;
    }
}
