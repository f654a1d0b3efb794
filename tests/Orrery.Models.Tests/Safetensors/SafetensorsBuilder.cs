using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Orrery.Models.Tests.Safetensors;

/// <summary>Writes safetensors files, and a folder that is a model.</summary>
internal sealed class SafetensorsBuilder
{
    private readonly JsonObject _header = [];
    private readonly List<byte> _data = [];

    public SafetensorsBuilder Tensor(string name, string type, long[] shape, params byte[] bytes)
    {
        _header[name] = new JsonObject
        {
            ["dtype"] = type,
            ["shape"] = new JsonArray([.. shape.Select(extent => (JsonNode)extent)]),
            ["data_offsets"] = new JsonArray(_data.Count, _data.Count + bytes.Length),
        };
        _data.AddRange(bytes);
        return this;
    }

    public SafetensorsBuilder Floats(string name, long[] shape, params float[] values) => Tensor(name, "F32", shape, [.. MemoryMarshal.AsBytes<float>(values)]);

    public SafetensorsBuilder BFloats(string name, long[] shape, params float[] values)
        => Tensor(name, "BF16", shape, [.. values.SelectMany(value => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)))]);

    public SafetensorsBuilder Note(string name, string text)
    {
        var notes = _header["__metadata__"] as JsonObject ?? [];
        notes[name] = text;
        _header["__metadata__"] = notes;
        return this;
    }

    public byte[] File()
    {
        byte[] json = Encoding.UTF8.GetBytes(_header.ToJsonString());
        return [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. _data];
    }

    /// <summary>A folder with this file and a config.</summary>
    public TempFolder Model(string config = "{}")
    {
        var folder = new TempFolder();
        System.IO.File.WriteAllBytes(folder.File("model.safetensors"), File());
        System.IO.File.WriteAllText(folder.File("config.json"), config);
        return folder;
    }
}
