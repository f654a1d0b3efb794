using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Orrery.Engine.Tests.Architectures;

/// <summary>
/// A tiny model of one architecture with weights by formula, and what PyTorch and transformers make of it in double precision:
/// <c>tests/Data/architectures</c> and its README.
/// </summary>
internal sealed class ReferenceCase
{
    private readonly string _folder;

    private ReferenceCase(string folder)
    {
        _folder = folder;
        using var expected = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        Prompt = Ids(expected.RootElement, "prompt");
        Greedy = Ids(expected.RootElement, "greedy");
        Logits = Floats(expected.RootElement, "logits");
        Hidden = Floats(expected.RootElement, "hidden");
        Pooled = new[] { "mean", "cls", "last" }.ToDictionary(kind => kind, kind => Floats(expected.RootElement, kind));
    }

    public int[] Prompt { get; }

    public int[] Greedy { get; }

    /// <summary>[prompt, vocabulary]; empty for encoders.</summary>
    public float[] Logits { get; }

    /// <summary>[prompt, dim]; empty for decoders.</summary>
    public float[] Hidden { get; }

    /// <summary>Normalised embeddings by the way they are pooled.</summary>
    public IReadOnlyDictionary<string, float[]> Pooled { get; }

    public static IEnumerable<string> Names => Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal);

    private static string Root => Repository.File("tests", "Data", "architectures");

    public static ReferenceCase Named(string name) => new(Path.Combine(Root, name));

    public string File(string name) => Path.Combine(_folder, name);

    public bool Has(string file) => System.IO.File.Exists(Path.Combine(_folder, file));

    /// <summary>Writes the model as Hugging Face lays it out, in F32.</summary>
    /// <param name="config">Which of the configurations.</param>
    /// <param name="change">Gets each tensor's name and weights before they are written.</param>
    public string Write(TempFolder to, string config = "config.json", Action<string, float[]>? change = null)
    {
        System.IO.File.Copy(Path.Combine(_folder, config), to.File("config.json"), overwrite: true);
        WriteTensors(Path.Combine(_folder, "tensors.json"), to.File("model.safetensors"), change);
        return to.Path;
    }

    /// <summary>What the model says with one of its adapters on.</summary>
    public ReferenceCase WithAdapter(string name) => new(Path.Combine(_folder, "adapters", name));

    /// <summary>Of a case with an adapter: writes that as PEFT lays it out, in F32.</summary>
    public string WriteAdapter(TempFolder to, string name)
    {
        string folder = Directory.CreateDirectory(to.File(name)).FullName;
        System.IO.File.Copy(Path.Combine(_folder, "adapter_config.json"), Path.Combine(folder, "adapter_config.json"));
        WriteTensors(Path.Combine(_folder, "tensors.json"), Path.Combine(folder, "adapter_model.safetensors"));
        return folder;
    }

    /// <summary>Loads it with room for the prompt and the text: where a model has factors for short and for long contexts, that decides.</summary>
    public ModelPart Load(TempFolder folder, string config = "config.json")
        => ModelPart.Load(Write(folder, config), options: new EngineOptions { MaxContextTokens = Prompt.Length + Greedy.Length });

    /// <summary>Fills the tensors that a description names, and writes them as one safetensors file.</summary>
    public static void WriteTensors(string description, string path, Action<string, float[]>? change = null)
    {
        using var json = JsonDocument.Parse(System.IO.File.ReadAllBytes(description));
        string salt = json.RootElement.GetProperty("salt").GetString()!;
        var header = new Dictionary<string, object>();
        using var data = new MemoryStream();
        foreach (var tensor in json.RootElement.GetProperty("tensors").EnumerateArray())
        {
            string name = tensor.GetProperty("name").GetString()!;
            int[] shape = [.. tensor.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32())];
            long first = data.Length;
            float[] weights = Fill(salt + name, shape.Aggregate(1, (a, b) => a * b), tensor.GetProperty("offset").GetDouble(), tensor.GetProperty("amplitude").GetDouble());
            change?.Invoke(name, weights);
            data.Write(MemoryMarshal.AsBytes<float>(weights));
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { first, data.Length } };
        }
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        System.IO.File.WriteAllBytes(path, [.. length, .. text, .. data.ToArray()]);
    }

    private static float[] Fill(string name, int count, double offset, double amplitude)
    {
        ulong seed = 0xCBF29CE484222325;
        foreach (byte letter in Encoding.UTF8.GetBytes(name))
            seed = (seed ^ letter) * 0x100000001B3;
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            ulong z = seed + (((ulong)i + 1) * 0x9E3779B97F4A7C15);
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            double u = ((z ^ (z >> 31)) >> 40) / 16777216.0;
            values[i] = ToBFloat16((float)(((u - 0.5) * 2 * amplitude) + offset));
        }
        return values;
    }

    private static float ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }

    private static int[] Ids(JsonElement expected, string key) => expected.TryGetProperty(key, out var ids) ? [.. ids.EnumerateArray().Select(id => id.GetInt32())] : [];

    private static float[] Floats(JsonElement expected, string key)
        => expected.TryGetProperty(key, out var floats) ? MemoryMarshal.Cast<byte, float>(floats.GetProperty("float32").GetBytesFromBase64()).ToArray() : [];
}
