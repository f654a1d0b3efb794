using System.Text;

namespace Orrery.Models.Gguf;

/// <summary>Writes metadata values, the other way round from <see cref="GgufMetadataReader"/>.</summary>
internal static class GgufValueWriter
{
    /// <summary>Type and value.</summary>
    public static void Write(BinaryWriter writer, string key, object value)
    {
        if (value is Array array)
        {
            var type = TypeOf(key, array.GetType().GetElementType()!);
            writer.Write((uint)GgufType.Array);
            writer.Write((uint)type);
            writer.Write((ulong)array.Length);
            foreach (object element in array)
                WriteScalar(writer, element);
            return;
        }
        writer.Write((uint)TypeOf(key, value.GetType()));
        WriteScalar(writer, value);
    }

    public static void WriteText(BinaryWriter writer, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)utf8.Length);
        writer.Write(utf8);
    }

    private static GgufType TypeOf(string key, Type type)
    {
        if (type == typeof(string))
            return GgufType.String;
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Byte => GgufType.UInt8,
            TypeCode.SByte => GgufType.Int8,
            TypeCode.UInt16 => GgufType.UInt16,
            TypeCode.Int16 => GgufType.Int16,
            TypeCode.UInt32 => GgufType.UInt32,
            TypeCode.Int32 => GgufType.Int32,
            TypeCode.UInt64 => GgufType.UInt64,
            TypeCode.Int64 => GgufType.Int64,
            TypeCode.Single => GgufType.Float32,
            TypeCode.Double => GgufType.Float64,
            TypeCode.Boolean => GgufType.Bool,
            _ => throw new ArgumentException($"Key '{key}' is of type {type.Name}, which GGUF has not."),
        };
    }

    private static void WriteScalar(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case string text:
                WriteText(writer, text);
                break;
            case byte v:
                writer.Write(v);
                break;
            case sbyte v:
                writer.Write(v);
                break;
            case ushort v:
                writer.Write(v);
                break;
            case short v:
                writer.Write(v);
                break;
            case uint v:
                writer.Write(v);
                break;
            case int v:
                writer.Write(v);
                break;
            case ulong v:
                writer.Write(v);
                break;
            case long v:
                writer.Write(v);
                break;
            case float v:
                writer.Write(v);
                break;
            case double v:
                writer.Write(v);
                break;
            default:
                writer.Write((bool)value);
                break;
        }
    }
}
