using Orrery.Models;
using Orrery.Models.Gguf;

namespace Orrery.Engine.Tests;

/// <summary>Files whose header is sound and whose model is not.</summary>
public sealed class LoadTests
{
    private const int FuzzRounds = 300;

    [Theory]
    [InlineData("llama.feed_forward_length", 171u, "tensor 'blk.0.ffn_gate.weight' has shape [64, 172]; the metadata asks for [64, 171]")]
    [InlineData("llama.embedding_length", 128u, "tensor 'token_embd.weight' has shape [64, 512]; the metadata asks for [128, 512]")]
    [InlineData("llama.attention.head_count_kv", 8u, "tensor 'blk.0.attn_k.weight' has shape [64, 32]; the metadata asks for [64, 64]")]
    [InlineData("llama.attention.head_count_kv", 3u, "key 'llama.attention.head_count_kv' is 3, which does not divide the 8 query heads")]
    [InlineData("llama.attention.head_count_kv", 9u, "key 'llama.attention.head_count_kv' is 9; it must be between 1 and 8")]
    [InlineData("llama.attention.head_count", 0u, "key 'llama.attention.head_count' is 0; it must be between 1 and 4096")]
    [InlineData("llama.attention.head_count", 65u, "is 65 for an embedding of 64, which leaves heads of 0")]
    [InlineData("llama.block_count", 6u, "tensor 'blk.5.attn_norm.weight' is missing")]
    [InlineData("llama.rope.dimension_count", 7u, "key 'llama.rope.dimension_count' is 7; it must be even")]
    [InlineData("llama.rope.dimension_count", 10u, "at most the head size 8")]
    [InlineData("llama.rope.freq_base", 0u, "key 'llama.rope.freq_base' is 0; it must be above 0")]
    [InlineData("llama.rope.freq_base", 0x7FC00000u, "key 'llama.rope.freq_base' is NaN; it must be finite")]
    [InlineData("llama.attention.layer_norm_rms_epsilon", 0xBF800000u, "is -1; it must be 0 or more")]
    [InlineData("tokenizer.ggml.eos_token_id", 512u, "key 'tokenizer.ggml.eos_token_id' is 512; it must be between 0 and 511")]
    public void A_number_that_does_not_fit_the_tensors_is_named(string key, uint value, string expected)
    {
        using var folder = new TempFolder();
        AssertRefused(PatchedStories.WithNumber(folder, key, value), expected);
    }

    [Theory]
    [InlineData("blk.3.attn_q.weight", "blk.3.attn_x.weight", "tensor 'blk.3.attn_q.weight' is missing")]
    [InlineData("token_embd.weight", "token_emXd.weight", "tensor 'token_embd.weight' is missing")]
    [InlineData("llama.block_count", "llama.block_kount", "key 'llama.block_count' is missing")]
    [InlineData("general.architecture", "general.architektur.", "key 'general.architecture' is missing")]
    [InlineData("llama", "lamma", "is 'lamma', which is not implemented. Architectures that work: llama, qwen2, qwen2moe, qwen3, qwen3moe, phi3, gemma, gemma2, gemma3, granite, olmoe, gpt-oss.")]
    public void What_is_missing_is_named(string name, string replacement, string expected)
    {
        using var folder = new TempFolder();
        AssertRefused(PatchedStories.WithText(folder, name, replacement), expected);
    }

    [Fact]
    public void Memory_follows_from_the_header()
    {
        var options = new EngineOptions { MaxContextTokens = 100, BatchTokens = 8, MaxSequences = 1 };
        using var file = GgufFile.Open(Stories.Path("F32"));

        var plan = ModelPart.Plan(file, options);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using var part = ModelPart.Load(Stories.Path("F32"), options: options);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // 5 layers, keys and values of 4 heads of 8, 7 pages of 16 positions.
        Assert.Equal(4 * 2 * 5 * 32 * 112, plan.KvCache);
        Assert.InRange(plan.Scratch, 8 * 4 * ((3 * 64) + (2 * 64) + (2 * 32) + (2 * 172)), 80_000);
        Assert.Equal(file.Header.Tensors.Values.Sum(tensor => tensor.Bytes), plan.MappedWeights);

        // The header and the objects around it come on top; weights do not.
        Assert.InRange(allocated, plan.KvCache + plan.Scratch, plan.KvCache + plan.Scratch + 200_000);
    }

    [Fact]
    public void A_context_that_memory_cannot_hold_is_refused_before_it_is_allocated()
    {
        using var folder = new TempFolder();
        string path = PatchedStories.WithNumber(folder, "llama.context_length", int.MaxValue);
        using var file = GgufFile.Open(path);
        var plan = ModelPart.Plan(file, new EngineOptions { MaxContextTokens = 1 << 22, KvCacheBytes = 0 });

        var error = Assert.Throws<ModelTooLargeException>(() => plan.Check(availableBytes: plan.Total - 1));
        plan.Check(availableBytes: plan.Total);

        // 4M positions of 5 layers of 2 x 32 floats.
        Assert.InRange(plan.KvCache, 5L << 30, 6L << 30);
        Assert.Equal(plan.Total - 1, error.AvailableBytes);
        Assert.StartsWith($"{path}: weights take 1 MiB, a context of 4194304 tokens 5 GiB and scratch space", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_with_all_their_problems()
    {
        var error = Assert.Throws<ArgumentException>(() => Stories.Load(options: new EngineOptions { QueueLength = -1, MaxContextTokens = 0 }));

        Assert.Contains("engine.queueLength: -1", error.Message, StringComparison.Ordinal);
        Assert.Contains("engine.maxContextTokens: 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forward_pass_allocates_nothing()
    {
        using var part = ModelPart.Load(Stories.Path("Q8_0"), options: new EngineOptions { MaxContextTokens = 64 });
        using var sequence = part.Start();
        sequence.Forward([1, 2, 3]);
        sequence.Forward([5]);

        Assert.Equal(0, Allocations.Least(() =>
        {
            sequence.Truncate(4);
            for (int i = 0; i < 10; i++)
                sequence.Forward([5]);
            sequence.Forward([1, 2, 3]);
        }));
    }

    // Long enough that products and attention are handed out.
    [Theory]
    [InlineData("F32")]
    [InlineData("Q8_0")]
    public void Any_number_of_threads_gives_the_same_logits(string type)
    {
        int[] tokens = [.. Enumerable.Range(0, 128).Select(i => 3 + (i * 7 % 200))];
        var logits = new List<float[]>();
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using var part = ModelPart.Load(Stories.Path(type), options: new EngineOptions { MaxContextTokens = 256, Threads = threads });
            using var sequence = part.Start();
            sequence.Forward(tokens.AsSpan(0, 64));
            sequence.Forward(tokens.AsSpan(64, 64));
            logits.Add(sequence.Forward([5]).ToArray());
        }

        Assert.Equal(logits[0], logits[1]);
        Assert.Equal(logits[0], logits[2]);
    }

    [Fact]
    public void An_output_of_its_own_is_used()
    {
        using var folder = new TempFolder();
        float[] tied = LogitsOf(Stories.Path("F32")), untied = LogitsOf(PatchedStories.WithDoubledOutput(folder));

        Assert.Equal(tied.Select(logit => 2 * logit), untied);
    }

    [Fact]
    public void A_tensor_that_would_be_left_out_is_named()
    {
        using var folder = new TempFolder();
        AssertRefused(PatchedStories.WithNumber(folder, "llama.block_count", 4u), "tensor 'blk.4.attn_k.weight' has no place in the llama architecture");
    }

    [Fact]
    public async Task A_header_with_flipped_bits_gives_a_model_or_one_line()
    {
        using var folder = new TempFolder();
        byte[] sound = File.ReadAllBytes(Stories.Path("Q8_0"));
        int header = (int)GgufHeader.Read(sound, sound.Length, "stories").DataOffset;
        var random = new Random(20260107);
        int refused = 0;
        for (int round = 0; round < FuzzRounds; round++)
        {
            // The first kilobyte holds what the config is read from, the rest is vocabulary and tensor table.
            byte[] file = [.. sound];
            file[random.Next(2) == 0 ? random.Next(1024) : random.Next(header)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(folder.File("fuzz.gguf"), file);
            try
            {
                await using var model = LocalTextModel.Load(folder.File("fuzz.gguf"), new EngineOptions { MaxContextTokens = 64 });
                await Stories.CollectAsync(model, new TextRequest { Prompt = [1], MaxTokens = 2 });
            }
            catch (Exception e) when (e is InvalidModelFileException or ContextLengthException)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
                refused++;
            }
        }
        Assert.InRange(refused, FuzzRounds / 10, FuzzRounds);
    }

    private static float[] LogitsOf(string path)
    {
        using var part = ModelPart.Load(path);
        using var sequence = part.Start();
        return sequence.Forward([1]).ToArray();
    }

    private static void AssertRefused(string path, string expected)
    {
        var error = Assert.Throws<InvalidModelFileException>(() => LocalTextModel.Load(path));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }
}
