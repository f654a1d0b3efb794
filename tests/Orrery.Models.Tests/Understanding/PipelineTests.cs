using Orrery.Models.Tests.Safetensors;
using Orrery.Models.Understanding;

namespace Orrery.Models.Tests.Understanding;

public sealed class PipelineTests
{
    private const string Index = """
        {"_class_name": "FluxPipeline", "_diffusers_version": "0.30.0", "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
         "tokenizer": ["transformers", "CLIPTokenizer"], "transformer": ["diffusers", "FluxTransformer2DModel"], "vae": ["diffusers", "AutoencoderKL"], "safety_checker": [null, null], "force_zeros": true}
        """;

    [Fact]
    public void A_pipeline_is_its_parts()
    {
        using var folder = new TempFolder();
        Write(folder, Index);

        var summary = ModelSummary.Read(folder.Path);

        Assert.Equal(("diffusers", "FluxPipeline", new ModelFramework("diffusers", "0.30.0")), (summary.Format, summary.Architecture, summary.Framework));
        Assert.Equal("FluxPipeline", summary.Pipeline!.ClassName);
        Assert.Equal(["scheduler", "text_encoder", "tokenizer", "transformer", "vae"], summary.Pipeline.Parts.Keys);
        Assert.Equal(new PipelinePart("diffusers", "FluxTransformer2DModel", 6), summary.Pipeline.Parts["transformer"]);
        Assert.Equal((9L, "BF16", 2L), (summary.Parameters!.Total, summary.Quantization, summary.Parameters.ByType["F32"]));
        Assert.Equal([ModelCapability.TextToImage], summary.Capabilities);
        Assert.Equal("openrail", summary.License);
        Assert.Null(summary.KvCache);
    }

    [Theory]
    [InlineData("StableDiffusionXLPipeline", ModelCapability.TextToImage)]
    [InlineData("QwenImagePipeline", ModelCapability.TextToImage)]
    [InlineData("StableDiffusionInpaintPipeline", ModelCapability.ImageTextToImage)]
    [InlineData("QwenImageEditPlusPipeline", ModelCapability.ImageTextToImage)]
    [InlineData("FluxKontextPipeline", ModelCapability.ImageTextToImage)]
    [InlineData("WanPipeline", ModelCapability.TextToVideo)]
    [InlineData("WanImageToVideoPipeline", ModelCapability.ImageTextToVideo)]
    [InlineData("StableVideoDiffusionPipeline", ModelCapability.ImageTextToVideo)]
    [InlineData("HunyuanVideoPipeline", ModelCapability.TextToVideo)]
    [InlineData("StableAudioPipeline", ModelCapability.TextToAudio)]
    public void Its_class_says_what_it_makes(string className, ModelCapability expected)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("model_index.json"), $$"""{"_class_name": "{{className}}"}""");

        Assert.Equal([expected], ModelSummary.Read(folder.File("model_index.json")).Capabilities);
    }

    [Theory]
    [InlineData("""{"vae": ["diffusers", "AutoencoderKL"]}""", "key '_class_name' is missing")]
    [InlineData("""{"_class_name": "X", "vae": ["diffusers"]}""", "key 'vae' is not two texts")]
    [InlineData("""{"_class_name": "X", "vae": ["diffusers", 3]}""", "key 'vae[1]' is a number")]
    [InlineData("""{"_class_name": "X", "vae": ["diffusers", "A"], "vae": ["diffusers", "B"]}""", "key 'vae' is there twice")]
    [InlineData("""{"_class_name": "X", "a\u001bb": ["diffusers", "X"]}""", "key 'a?b' has a name that is no folder")]
    [InlineData("""{"_class_name": "X", "../vae": ["diffusers", "X"]}""", "key '../vae' has a name that is no folder")]
    public void A_broken_index_is_named(string index, string expected)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("model_index.json"), index);

        Assert.Contains(expected, Assert.Throws<InvalidModelFileException>(() => ModelSummary.Read(folder.Path)).Message, StringComparison.Ordinal);
    }

    private static void Write(TempFolder folder, string index)
    {
        File.WriteAllText(folder.File("model_index.json"), index);
        File.WriteAllText(folder.File("README.md"), "---\nlicense: openrail\n---\n");
        foreach (string part in (string[])["scheduler", "text_encoder", "tokenizer", "transformer", "vae"])
            Directory.CreateDirectory(folder.File(part));
        File.WriteAllBytes(folder.File("text_encoder/model.safetensors"), new SafetensorsBuilder().BFloats("w", [1], 1).File());
        File.WriteAllBytes(folder.File("text_encoder/model.fp16.safetensors"), new SafetensorsBuilder().Tensor("w", "F16", [1], 0, 0).File());
        File.WriteAllBytes(folder.File("transformer/diffusion_pytorch_model-00001-of-00002.safetensors"), new SafetensorsBuilder().BFloats("a", [2, 2], 1, 2, 3, 4).File());
        File.WriteAllBytes(folder.File("transformer/diffusion_pytorch_model-00002-of-00002.safetensors"), new SafetensorsBuilder().BFloats("b", [2], 1, 2).File());
        File.WriteAllBytes(folder.File("vae/diffusion_pytorch_model.safetensors"), new SafetensorsBuilder().Floats("w", [2], 1, 2).File());
    }
}
