using System.Globalization;
using System.Runtime.InteropServices;
using Orrery.Models.Gguf;

namespace Orrery.Engine.Tests.Architectures;

/// <summary>Every architecture of which there is a file made by llama.cpp, with biases and scales wherever that reads them, against its logits.</summary>
public sealed class TinyArchitectureTests
{
    /// <summary>Largest difference of a logit, relative to their spread.</summary>
    private const float Budget = 1e-3f;

    [Theory]
    [InlineData("llama-dense")]
    [InlineData("llama-moe")]
    [InlineData("qwen2-dense")]
    [InlineData("qwen3-dense")]
    [InlineData("qwen3moe-moe")]
    [InlineData("phi3-dense")]
    [InlineData("gemma2-dense")]
    public void Logits_and_greedy_text_are_those_of_llama_cpp(string name)
    {
        string[] index = File.ReadAllLines(Repository.Shared("models", "golden", "tiny-archs", "INDEX.txt"));
        int[] prompt = Ids(index[0].Split(':', ';')[1], ',');
        int[] greedy = Ids(index.Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split('|')[2], ' ');
        float[] expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Repository.Shared("models", "golden", "tiny-archs", name + ".logits.f32"))).ToArray();
        using var folder = new TempFolder();
        using var model = ModelPart.Load(WithoutIgnoredScales(name, folder));
        using var sequence = model.Start();

        float worst = 0, spread = expected.Max() - expected.Min();
        ReadOnlySpan<float> logits = default;
        for (int i = 0; i < prompt.Length; i++)
        {
            logits = sequence.Forward([prompt[i]]);
            for (int id = 0; id < logits.Length; id++)
                worst = MathF.Max(worst, MathF.Abs(logits[id] - expected[(i * model.Vocabulary) + id]));
        }
        Assert.True(worst <= Budget * spread, $"a logit is off by {worst}; they spread by {spread}");

        Assert.Equal(greedy, Greedy.Continue(sequence, logits, greedy.Length));
    }

    /// <summary>llama.cpp leaves the scales of feed-forward weights out in some architectures, where files as people have them hold none. In a copy they are 1.</summary>
    private static string WithoutIgnoredScales(string name, TempFolder folder)
    {
        string original = Repository.Shared("models", "tiny-archs", name + ".gguf");
        if (name is not ("qwen2-dense" or "gemma2-dense" or "phi3-dense"))
            return original;
        byte[] bytes = File.ReadAllBytes(original);
        foreach (var tensor in GgufHeader.Read(bytes, bytes.Length, name).Tensors.Values)
        {
            if (tensor.Name.Contains(".ffn_", StringComparison.Ordinal) && tensor.Name.EndsWith(".scale", StringComparison.Ordinal))
                BitConverter.TryWriteBytes(bytes.AsSpan((int)tensor.Offset), 1f);
        }
        string path = folder.File(name + ".gguf");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static int[] Ids(string text, char separator)
        => [.. text.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
}
