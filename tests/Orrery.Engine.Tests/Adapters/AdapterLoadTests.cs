using Orrery.Engine.Adapters;
using Orrery.Engine.Tests.Architectures;
using Orrery.Models;

namespace Orrery.Engine.Tests.Adapters;

/// <summary>Adapters that do not fit, names that are none, and the choice of a request.</summary>
public sealed class AdapterLoadTests
{
    [Theory]
    [InlineData("model.layers.0.self_attn.q_proj", 64, 48, "lora_A.weight' has shape [3, 48]; the base asks for [3, 64]")]
    [InlineData("model.layers.2.mlp.down_proj", 48, 100, "lora_B.weight' has shape [48, 3]; the base asks for [64, 3]")]
    [InlineData("model.layers.3.mlp.down_proj", 64, 100, "model.layers.3.mlp.down_proj.lora_A.weight' has no place in the llama architecture")]
    [InlineData("model.layers.0.self_attn.qkv_proj", 128, 64, "qkv_proj.lora_A.weight' has no place in the llama architecture")]
    [InlineData("model.layers.0.mlp.experts.0.up_proj", 100, 64, "up_proj.lora_A.weight' has no place in the llama architecture")]
    [InlineData("model.embed_tokens", 96, 64, "embed_tokens.lora_A.weight' has no place in the llama architecture")]
    public void What_does_not_fit_the_base_names_file_tensor_and_shape(string module, int rows, int cols, string expected)
    {
        using var folder = new TempFolder();
        string model = ReferenceCase.Named("llama").Write(folder), adapter = MadeAdapter.Write(folder, "made", [(module, rows, cols)]);

        var error = Assert.Throws<InvalidModelFileException>(() => ModelPart.Load(model, options: new EngineOptions { Adapters = [new AdapterPath("made", adapter)] }));

        Assert.StartsWith(Path.Combine(adapter, "adapter_model.safetensors"), error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("Use an adapter that was made for this base.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_of_the_options_are_told_at_once()
    {
        var options = new EngineOptions { Adapters = [new("one", "/a"), new("one", "/b"), new("", "/c"), new("two", ""), .. Enumerable.Range(0, 61).Select(i => new AdapterPath($"{i}", "/d"))] };

        Assert.Equal(
            [
                "engine.adapters: 65 are given; at most 64 can be loaded",
                "engine.adapters: a name of 0 characters for '/c'; 1 to 200 are possible, without control characters",
                "engine.adapters: 'two' has no path",
                "engine.adapters: 'one' is there 2 times; each adapter needs a name of its own",
            ],
            options.Problems());
    }

    [Fact]
    public void A_sequence_with_an_adapter_that_is_not_there_is_refused_with_those_that_are()
    {
        using var folder = new TempFolder();
        using var bare = ModelPart.Load(Stories.Path("F32"));
        using var part = ModelPart.Load(Stories.Path("F32"), options: Options(folder));

        var error = Assert.Throws<ArgumentException>(() => part.Start("pirat"));

        Assert.Equal(["pirate", "poet"], part.Adapters);
        Assert.StartsWith("adapter: there is none named 'pirat'; there are pirate, poet", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("adapter: there is none named 'pirate'; the model was loaded without any", Assert.Throws<ArgumentException>(() => bare.Start("pirate")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_chooses_its_adapter()
    {
        using var folder = new TempFolder();
        await using var model = Stories.Load(options: Options(folder));
        var request = new TextRequest { Prompt = model.Tokenizer.Encode("Once upon a time", addSpecial: true), MaxTokens = 24, Sampling = new SamplingOptions { Temperature = 0 } };

        int[] plain = await TokensAsync(request), pirate = await TokensAsync(request with { Adapter = "pirate" }), poet = await TokensAsync(request with { Adapter = "poet" });
        var error = await Assert.ThrowsAsync<ArgumentException>(() => TokensAsync(request with { Adapter = "x" }));

        Assert.Equal(["pirate", "poet"], model.Card.Adapters);
        Assert.Equal(Stories.Expected("F32", 0).GreedyIds[..24], plain);
        Assert.Equal(plain, await TokensAsync(request));
        Assert.Equal(3, new[] { plain, pirate, poet }.Select(text => string.Join(' ', text)).Distinct().Count());
        Assert.Contains("there are pirate, poet", error.Message, StringComparison.Ordinal);

        async Task<int[]> TokensAsync(TextRequest asked) => Stories.Tokens(await Stories.CollectAsync(model, asked));
    }

    private static EngineOptions Options(TempFolder folder)
    {
        (string Name, int Rows, int Cols)[] maps = [("self_attn.q_proj", 64, 64), ("self_attn.v_proj", 32, 64), ("self_attn.o_proj", 64, 64), ("mlp.gate_proj", 172, 64), ("mlp.up_proj", 172, 64), ("mlp.down_proj", 64, 172)];
        (string, int, int)[] modules = [.. from layer in Enumerable.Range(0, 5) from map in maps select ($"model.layers.{layer}.{map.Name}", map.Rows, map.Cols)];
        return new EngineOptions
        {
            Adapters = [new AdapterPath("pirate", MadeAdapter.Write(folder, "pirate", modules, amplitude: 0.5)), new AdapterPath("poet", MadeAdapter.Write(folder, "poet", modules, amplitude: 0.5))],
        };
    }
}
