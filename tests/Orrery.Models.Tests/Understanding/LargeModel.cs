using System.Text;
using System.Text.Json.Nodes;

namespace Orrery.Models.Tests.Understanding;

/// <summary>Llama 3.1 70B as it is published: config, index and the headers of its shards. Behind the headers the files have their length and nothing in them.</summary>
internal static class LargeModel
{
    private const int Hidden = 8192, Ffn = 28672, KvDim = 1024, Layers = 80, Vocabulary = 128256;

    /// <param name="config">That of the model.</param>
    public static void Write(string config, string folder, int shards)
    {
        File.Copy(config, Path.Combine(folder, "config.json"));
        var tensors = Tensors().ToList();
        var map = new JsonObject();
        int each = (tensors.Count + shards - 1) / shards;
        for (int shard = 0; shard < shards; shard++)
        {
            string name = $"model-{shard + 1:00000}-of-{shards:00000}.safetensors";
            var header = new JsonObject { ["__metadata__"] = new JsonObject { ["format"] = "pt" } };
            long end = 0;
            foreach (var (tensor, shape) in tensors.Skip(shard * each).Take(each))
            {
                long bytes = shape.Aggregate(2L, (product, extent) => product * extent);
                header[tensor] = new JsonObject
                {
                    ["dtype"] = "BF16",
                    ["shape"] = new JsonArray([.. shape.Select(extent => (JsonNode)extent)]),
                    ["data_offsets"] = new JsonArray(end, end + bytes),
                };
                end += bytes;
                map[tensor] = name;
            }
            byte[] json = Encoding.UTF8.GetBytes(header.ToJsonString());
            using var file = File.Create(Path.Combine(folder, name));
            file.Write(BitConverter.GetBytes((ulong)json.Length));
            file.Write(json);
            file.SetLength(8 + json.Length + end);
        }
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), new JsonObject { ["weight_map"] = map }.ToJsonString());
    }

    private static IEnumerable<(string Name, long[] Shape)> Tensors()
    {
        yield return ("model.embed_tokens.weight", [Vocabulary, Hidden]);
        for (int layer = 0; layer < Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            yield return (prefix + "self_attn.q_proj.weight", [Hidden, Hidden]);
            yield return (prefix + "self_attn.k_proj.weight", [KvDim, Hidden]);
            yield return (prefix + "self_attn.v_proj.weight", [KvDim, Hidden]);
            yield return (prefix + "self_attn.o_proj.weight", [Hidden, Hidden]);
            yield return (prefix + "mlp.gate_proj.weight", [Ffn, Hidden]);
            yield return (prefix + "mlp.up_proj.weight", [Ffn, Hidden]);
            yield return (prefix + "mlp.down_proj.weight", [Hidden, Ffn]);
            yield return (prefix + "input_layernorm.weight", [Hidden]);
            yield return (prefix + "post_attention_layernorm.weight", [Hidden]);
        }
        yield return ("model.norm.weight", [Hidden]);
        yield return ("lm_head.weight", [Vocabulary, Hidden]);
    }
}
