using Orrery.Models;
using Orrery.Models.Gguf;

namespace Orrery.Engine.Tests.Architectures;

/// <summary>Files of every architecture with damage in their headers: they compute, or they are refused in one line.</summary>
public sealed class HostileModelTests
{
    private const int Rounds = 150;

    /// <summary>What a load may allocate for each byte of its file, and beside it: scratch for the rows of a pass, a small cache, tables.</summary>
    private const long AllocatedPerByte = 64, AllocatedBeside = 4 << 20;

    private static readonly EngineOptions Small = new() { MaxContextTokens = 64, BatchTokens = 4 };

    public static TheoryData<string> Converted => [.. ReferenceCase.Names.Where(name => ReferenceCase.Named(name) is { Logits.Length: > 0 } model && model.Has(name + ".gguf"))];

    public static TheoryData<string> Folders => ["llama-rope-yarn-betas", "llama-rope-dynamic-inside", "mistral", "mixtral", "phi3-longrope-long", "gemma3", "gpt-oss", "qwen2-moe-mixed", "granite", "olmoe"];

    [Theory]
    [MemberData(nameof(Converted))]
    public void A_GGUF_header_with_flipped_bits_gives_numbers_or_one_line(string name)
    {
        using var folder = new TempFolder();
        byte[] sound = File.ReadAllBytes(ReferenceCase.Named(name).File(name + ".gguf"));
        int header = (int)GgufHeader.Read(sound, sound.Length, name).DataOffset;
        string path = folder.File("fuzz.gguf");
        AssertHarmless(20261121, sound.Length, random =>
        {
            byte[] file = [.. sound];
            for (int flips = random.Next(1, 4); flips > 0; flips--)
                file[random.Next(header)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, file);
            return path;
        });
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_config_that_was_damaged_gives_numbers_or_one_line(string name)
    {
        using var folder = new TempFolder();
        ReferenceCase.Named(name).Write(folder);
        byte[] sound = File.ReadAllBytes(folder.File("config.json"));
        AssertHarmless(20261122, new FileInfo(folder.File("model.safetensors")).Length, random =>
        {
            File.WriteAllBytes(folder.File("config.json"), Mutations.Of(sound, random));
            return folder.Path;
        });
    }

    private static void AssertHarmless(int seed, long fileBytes, Func<Random, string> damage)
    {
        var random = new Random(seed);
        int refused = 0, computed = 0;
        for (int round = 0; round < Rounds; round++)
        {
            string path = damage(random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var model = ModelPart.Load(path, options: Small);
                using var sequence = model.Start();
                sequence.Forward([1, 2, 3, 4]);
                sequence.Forward([5]);
                computed++;
            }
            catch (Exception e) when (e is InvalidModelFileException or ModelTooLargeException or ContextLengthException)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
                refused++;
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (AllocatedPerByte * fileBytes) + AllocatedBeside);
        }
        Assert.InRange(refused, Rounds / 20, Rounds);
        Assert.InRange(computed, 1, Rounds);
    }
}
