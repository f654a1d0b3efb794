using System.Buffers;
using System.Text;
using System.Text.Json;
using Orrery.Wire.OpenAI;

namespace Orrery.Wire.Responses;

/// <summary>Writes the events of one stream, numbered from 0.</summary>
internal sealed class ResponseEvents
{
    private int _next;

    public void Write(IBufferWriter<byte> output, string type, Action<Utf8JsonWriter> fields)
    {
        output.Write("event: "u8);
        output.Write(Encoding.UTF8.GetBytes(type));
        output.Write("\ndata: "u8);
        using (var json = new Utf8JsonWriter(output, WireJson.Writing))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WriteNumber("sequence_number"u8, _next++);
            fields(json);
            json.WriteEndObject();
        }
        output.Write("\n\n"u8);
    }
}
