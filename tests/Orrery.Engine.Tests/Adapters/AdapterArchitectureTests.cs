using Orrery.Engine.Adapters;
using Orrery.Engine.Tests.Architectures;
using Orrery.Models.Adapters;
using Orrery.Models.Gguf;
using Orrery.Tensors;

namespace Orrery.Engine.Tests.Adapters;

/// <summary>Adapters for every linear map of every architecture, against the same model with its weights changed.</summary>
public sealed class AdapterArchitectureTests
{
    /// <summary>Largest difference of a logit. 2e-5 was measured at most.</summary>
    private const float LogitBudget = 2e-4f;

    public static TheoryData<string> Decoders => [.. ReferenceCase.Names.Where(name => ReferenceCase.Named(name).Logits.Length > 0)];

    public static TheoryData<string> GgufDecoders => [.. ReferenceCase.Names.Where(name => ReferenceCase.Named(name) is { Logits.Length: > 0 } model && model.Has(name + ".gguf"))];

    [Theory]
    [MemberData(nameof(Decoders))]
    public void An_adapter_gives_what_changed_weights_give(string name)
    {
        var reference = ReferenceCase.Named(name);
        using TempFolder folder = new(), changed = new();
        string model = reference.Write(folder), adapter = MadeAdapter.Write(folder, "made", MadeAdapter.ModulesOf(reference));

        float[] expected = Logits(Change(reference, adapter, changed), null, reference);

        AssertClose(expected, Logits(model, adapter, reference));
        Assert.True(Difference(expected, Logits(model, null, reference)) > 0.5f, "the adapter changes next to nothing");
    }

    /// <summary>Files of converters hold some rows in another order, fused, or stacked; F32 so that nothing else differs.</summary>
    [Theory]
    [MemberData(nameof(GgufDecoders))]
    public void A_converted_base_gives_the_same_with_the_same_adapter(string name)
    {
        var reference = ReferenceCase.Named(name);
        using var folder = new TempFolder();
        string model = reference.Write(folder), adapter = MadeAdapter.Write(folder, "made", MadeAdapter.ModulesOf(reference));
        string converted = folder.File("f32.gguf");
        using (var file = GgufFile.Open(reference.File(name + ".gguf")))
            GgufQuantize.Write(file, DType.F32, converted);

        AssertClose(Logits(model, adapter, reference), Logits(converted, adapter, reference));
    }

    private static float[] Logits(string model, string? adapter, ReferenceCase reference)
    {
        var options = new EngineOptions { MaxContextTokens = reference.Prompt.Length + reference.Greedy.Length, Adapters = adapter is null ? [] : [new AdapterPath("made", adapter)] };
        using var part = ModelPart.Load(model, options: options);
        using var sequence = part.Start(adapter is null ? null : "made");
        return [.. reference.Prompt.SelectMany(token => sequence.Forward([token]).ToArray())];
    }

    /// <summary>The model with W + scale * B A, in double precision, for every module of the adapter.</summary>
    private static string Change(ReferenceCase reference, string adapter, TempFolder to)
    {
        using var file = AdapterFile.Open(adapter);
        var modules = file.Modules.ToDictionary(module => module.Name is "lm_head" ? "lm_head.weight" : $"model.{module.Name}.weight");
        return reference.Write(to, change: (name, weights) =>
        {
            if (modules.TryGetValue(name, out var module))
                Add(file, module, weights);
        });
    }

    private static void Add(AdapterFile file, AdapterModule module, float[] weights)
    {
        float[] a = new float[module.Rank * module.Cols], b = new float[module.Rows * module.Rank];
        file.ReadA(module, a);
        file.ReadB(module, b);
        for (int row = 0; row < module.Rows; row++)
        {
            for (int col = 0; col < module.Cols; col++)
            {
                double sum = 0;
                for (int k = 0; k < module.Rank; k++)
                    sum += (double)b[(row * module.Rank) + k] * a[(k * module.Cols) + col];
                weights[(row * module.Cols) + col] += (float)(MadeAdapter.Scale * sum);
            }
        }
    }

    private static void AssertClose(float[] expected, float[] actual)
        => Assert.True(Difference(expected, actual) <= LogitBudget, $"a logit is off by {Difference(expected, actual)}; the budget is {LogitBudget}");

    private static float Difference(float[] expected, float[] actual) => expected.Zip(actual, (one, other) => MathF.Abs(one - other)).Max();
}
