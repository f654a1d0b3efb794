using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Orrery.Models.Gguf;

/// <summary>
/// Reads the key-value part. Scalars become the .NET type of their name, arrays become arrays of it.
/// Copies are of the file's own bytes, so memory stays a small multiple of the file's size.
/// </summary>
internal static class GgufMetadataReader
{
    // A key of one character (8 + 1), a type (4) and a value of one byte.
    private const int LeastPairBytes = 14;

    public static Dictionary<string, object> Read(ref GgufCursor cursor, ulong count)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        int pairs = cursor.Bounded(count, LeastPairBytes, "the metadata", "keys");
        for (int i = 0; i < pairs; i++)
        {
            string key = cursor.Text($"metadata key {i}");
            if (key.Length == 0)
                throw cursor.Invalid($"metadata key {i}", "is empty");

            string subject = "key " + InvalidModelFileException.Quote(key);
            object value = ReadValue(ref cursor, cursor.U32(subject), subject);
            if (!values.TryAdd(key, value))
                throw cursor.Invalid(subject, "is there twice");
        }
        return values;
    }

    private static object ReadValue(ref GgufCursor cursor, uint type, string subject) => (GgufType)type switch
    {
        GgufType.UInt8 => cursor.U8(subject),
        GgufType.Int8 => (sbyte)cursor.U8(subject),
        GgufType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(cursor.Take(2, subject)),
        GgufType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(cursor.Take(2, subject)),
        GgufType.UInt32 => cursor.U32(subject),
        GgufType.Int32 => (int)cursor.U32(subject),
        GgufType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(cursor.Take(4, subject)),
        GgufType.Bool => ReadBool(ref cursor, subject),
        GgufType.String => cursor.Text(subject),
        GgufType.Array => ReadArray(ref cursor, subject),
        GgufType.UInt64 => cursor.U64(subject),
        GgufType.Int64 => (long)cursor.U64(subject),
        GgufType.Float64 => BinaryPrimitives.ReadDoubleLittleEndian(cursor.Take(8, subject)),
        _ => throw cursor.Invalid(subject, $"has value type {type}; GGUF defines 0 to 12"),
    };

    private static Array ReadArray(ref GgufCursor cursor, string subject)
    {
        uint type = cursor.U32(subject);
        ulong count = cursor.U64(subject);
        return (GgufType)type switch
        {
            GgufType.UInt8 => Copy<byte>(ref cursor, count, subject),
            GgufType.Int8 => Copy<sbyte>(ref cursor, count, subject),
            GgufType.UInt16 => Copy<ushort>(ref cursor, count, subject),
            GgufType.Int16 => Copy<short>(ref cursor, count, subject),
            GgufType.UInt32 => Copy<uint>(ref cursor, count, subject),
            GgufType.Int32 => Copy<int>(ref cursor, count, subject),
            GgufType.Float32 => Copy<float>(ref cursor, count, subject),
            GgufType.UInt64 => Copy<ulong>(ref cursor, count, subject),
            GgufType.Int64 => Copy<long>(ref cursor, count, subject),
            GgufType.Float64 => Copy<double>(ref cursor, count, subject),
            GgufType.Bool => ReadBools(ref cursor, count, subject),
            GgufType.String => ReadStrings(ref cursor, count, subject),
            GgufType.Array => throw cursor.Invalid(subject, "is an array of arrays, which no known model has"),
            _ => throw cursor.Invalid(subject, $"has elements of type {type}; GGUF defines 0 to 12"),
        };
    }

    private static unsafe T[] Copy<T>(ref GgufCursor cursor, ulong count, string subject)
        where T : unmanaged
    {
        int elements = cursor.Bounded(count, sizeof(T), subject, "elements");
        return MemoryMarshal.Cast<byte, T>(cursor.Take(elements * sizeof(T), subject)).ToArray();
    }

    private static string[] ReadStrings(ref GgufCursor cursor, ulong count, string subject)
    {
        var strings = new string[cursor.Bounded(count, leastBytes: 8, subject, "elements")];
        for (int i = 0; i < strings.Length; i++)
            strings[i] = cursor.Text(subject);
        return strings;
    }

    private static bool[] ReadBools(ref GgufCursor cursor, ulong count, string subject)
    {
        var bools = new bool[cursor.Bounded(count, leastBytes: 1, subject, "elements")];
        for (int i = 0; i < bools.Length; i++)
            bools[i] = ReadBool(ref cursor, subject);
        return bools;
    }

    private static bool ReadBool(ref GgufCursor cursor, string subject) => cursor.U8(subject) switch
    {
        0 => false,
        1 => true,
        var other => throw cursor.Invalid(subject, $"is a truth value of {other}; only 0 and 1 are defined"),
    };
}
