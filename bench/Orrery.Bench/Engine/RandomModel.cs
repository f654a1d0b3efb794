using Orrery.Models;
using Orrery.Models.Gguf;
using Orrery.Tensors;

namespace Orrery.Bench.Engine;

/// <summary>
/// A model file of 1.1 billion weights in the shape of TinyLlama, with weights by chance: to measure speed, not to talk to. Rows repeat after
/// <see cref="Distinct"/>, which no kernel notices. Kept in the user's cache folder, 0.6 to 1.2 GB each.
/// </summary>
internal static class RandomModel
{
    public const int Dim = 2048, Layers = 22, Heads = 32, KvHeads = 4, Ffn = 5632, Vocabulary = 32_000, Context = 16_384;

    private const int Distinct = 32;
    private const int KvDim = Dim / Heads * KvHeads;

    /// <summary>Multiplications with weights that one token takes, the embedding being looked up.</summary>
    public static long Products => (Layers * (((2L * Dim) + (2L * KvDim)) * Dim + (3L * Ffn * Dim))) + ((long)Vocabulary * Dim);

    /// <summary>The file, made when it is not there yet.</summary>
    /// <param name="type">Of all matrices. Q4_K: with Q6_K for values, for the way down and for the output, as far as Q4_K_M goes for half of them.</param>
    public static string Path(DType type)
    {
        string folder = System.IO.Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "orrery-bench");
        string path = System.IO.Path.Combine(folder, $"random-llama-1.1B-{(type == DType.Q4_K ? "Q4_K_M" : type.Name)}.gguf");
        if (File.Exists(path))
            return path;
        Directory.CreateDirectory(folder);
        Console.Error.WriteLine($"Making {path}");
        GgufWriter.Write(path, Metadata(), [.. Tensors(type)]);
        return path;
    }

    /// <summary>That one token reads: all but the embedding.</summary>
    public static long BytesPerToken(DType type) => Tensors(type).Where(tensor => tensor.Name != "token_embd.weight").Sum(tensor => tensor.Bytes);

    private static List<KeyValuePair<string, object>> Metadata() =>
    [
        new("general.architecture", "llama"), new("general.name", "random 1.1B"),
        new("llama.context_length", (uint)Context), new("llama.embedding_length", (uint)Dim), new("llama.block_count", (uint)Layers),
        new("llama.feed_forward_length", (uint)Ffn), new("llama.attention.head_count", (uint)Heads), new("llama.attention.head_count_kv", (uint)KvHeads),
        new("llama.attention.layer_norm_rms_epsilon", 1e-5f), new("llama.rope.dimension_count", (uint)(Dim / Heads)), new("llama.vocab_size", (uint)Vocabulary),
        .. RandomVocabulary.Of(Vocabulary),
    ];

    private static IEnumerable<TensorToWrite> Tensors(DType type)
    {
        yield return Matrix("token_embd.weight", type, Vocabulary, Dim);
        for (int layer = 0; layer < Layers; layer++)
        {
            // Q4_K_M gives half of the layers more bits there.
            var wide = type == DType.Q4_K && layer % 2 == 0 ? DType.Q6_K : type;
            string prefix = $"blk.{layer}.";
            yield return Norm(prefix + "attn_norm.weight");
            yield return Matrix(prefix + "attn_q.weight", type, Dim, Dim);
            yield return Matrix(prefix + "attn_k.weight", type, KvDim, Dim);
            yield return Matrix(prefix + "attn_v.weight", wide, KvDim, Dim);
            yield return Matrix(prefix + "attn_output.weight", type, Dim, Dim);
            yield return Norm(prefix + "ffn_norm.weight");
            yield return Matrix(prefix + "ffn_gate.weight", type, Ffn, Dim);
            yield return Matrix(prefix + "ffn_up.weight", type, Ffn, Dim);
            yield return Matrix(prefix + "ffn_down.weight", wide, Dim, Ffn);
        }
        yield return Norm("output_norm.weight");
        yield return Matrix("output.weight", type == DType.Q4_K ? DType.Q6_K : type, Vocabulary, Dim);
    }

    private static TensorToWrite Norm(string name)
        => new(name, DType.F32, [Dim], stream =>
        {
            float[] ones = new float[Dim];
            Array.Fill(ones, 1);
            stream.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(ones));
        });

    private static TensorToWrite Matrix(string name, DType type, int rows, int cols)
        => new(name, type, [rows, cols], stream =>
        {
            var random = new Random(1);
            byte[] some = new byte[Distinct * (cols / type.BlockWeights * type.BlockBytes)];
            float[] row = new float[cols];
            for (int r = 0; r < Distinct; r++)
            {
                for (int i = 0; i < cols; i++)
                    row[i] = (random.NextSingle() - 0.5f) * 0.1f;
                Quantizer.Quantize(type, row, some.AsSpan(r * (some.Length / Distinct), some.Length / Distinct));
            }
            for (int r = 0; r < rows; r += Distinct)
                stream.Write(some);
        });
}
