using Orrery.Engine.Adapters;
using Orrery.Engine.Decoder;
using Orrery.Engine.Tests.Architectures;

namespace Orrery.Engine.Tests.Adapters;

/// <summary>Adapters against what PyTorch makes of them in double precision: <c>tests/Data/architectures</c> and its README.</summary>
public sealed class ReferenceAdapterTests
{
    /// <summary>As without adapters, see <see cref="ReferenceTests"/>: 1e-5 was measured at most.</summary>
    private const float LogitBudget = 2e-4f;

    /// <summary>The same over BF16 weights, with activations rounded to it: 0.1 was measured at most.</summary>
    private const float BF16LogitBudget = 0.3f;

    public static TheoryData<string, string> Cases => new(from name in (string[])["llama", "qwen3"] from adapter in (string[])["plain", "stabilised"] select (name, adapter));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_and_greedy_text_are_those_of_the_reference(string name, string adapter)
    {
        using var folder = new TempFolder();
        var (reference, options) = Load(name, adapter, folder);
        using var model = ModelPart.Load(ReferenceCase.Named(name).Write(folder), options: options);
        using var sequence = model.Start(adapter);

        AssertWithin(LogitBudget, reference, sequence, out var logits);
        Assert.Equal(reference.Greedy, Greedy.Continue(sequence, logits, reference.Greedy.Length));
    }

    [Theory]
    [InlineData("qwen3", "plain")]
    [InlineData("qwen3", "stabilised")]
    public void Logits_over_a_converted_file_are_those_of_the_reference(string name, string adapter)
    {
        using var folder = new TempFolder();
        var (reference, options) = Load(name, adapter, folder);
        using var model = ModelPart.Load(ReferenceCase.Named(name).File(name + ".gguf"), options: options);
        using var sequence = model.Start(adapter);

        AssertWithin(BF16LogitBudget, reference, sequence, out _);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Whole_or_in_ranges_the_logits_are_the_same(string name, string adapter)
    {
        using var folder = new TempFolder();
        var (reference, options) = Load(name, adapter, folder);
        string path = ReferenceCase.Named(name).Write(folder);
        using var whole = ModelPart.Load(path, options: options);
        using var first = ModelPart.Load(path, new LayerRange(0, 1), options);
        using var last = ModelPart.Load(path, new LayerRange(1, whole.Layers.End), options);
        using var expected = whole.Start(adapter);
        using PartSequence begin = first.Start(adapter), end = last.Start(adapter);

        foreach (int[] chunk in reference.Prompt.Chunk(5))
            Assert.Equal(expected.Forward(chunk), end.Forward(chunk, begin.Forward(chunk).ToArray()));
    }

    private static (ReferenceCase Reference, EngineOptions Options) Load(string name, string adapter, TempFolder folder)
    {
        var reference = ReferenceCase.Named(name).WithAdapter(adapter);
        return (reference, new EngineOptions { MaxContextTokens = 64, Adapters = [new AdapterPath(adapter, reference.WriteAdapter(folder, adapter))] });
    }

    private static void AssertWithin(float budget, ReferenceCase reference, PartSequence sequence, out ReadOnlySpan<float> logits)
    {
        float worst = 0;
        logits = default;
        for (int i = 0; i < reference.Prompt.Length; i++)
        {
            logits = sequence.Forward([reference.Prompt[i]]);
            for (int id = 0; id < logits.Length; id++)
                worst = MathF.Max(worst, MathF.Abs(logits[id] - reference.Logits[(i * logits.Length) + id]));
        }
        Assert.True(worst <= budget, $"a logit is off by {worst}; the budget is {budget}");
    }
}
