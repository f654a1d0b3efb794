using Orrery.Cli.Up;
using Orrery.Control.Models;
using Orrery.Models;
using Orrery.Models.Safetensors;
using Orrery.Resources.Models;
using Orrery.Tensors;

namespace Orrery.Cli.Tests;

public sealed class ModelFilesTests
{
    [Fact]
    public void A_path_with_escapes_that_is_not_there_is_told_why()
    {
        Assert.Contains("as they are written", Assert.IsType<ModelInspection.Broken>(ModelFiles.Inspect(BaseModel.Kind, "file:///none/my%20model.gguf")).Message);
        Assert.IsType<ModelInspection.Missing>(ModelFiles.Inspect(BaseModel.Kind, "file:///none/my model.gguf"));
    }

    [Fact]
    public void A_file_may_be_named_with_a_percent_sign()
    {
        using var folder = new TempFolder();
        File.Copy(Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"), folder.File("my%20model.gguf"));

        Assert.Null(ModelFiles.Problem(folder.File("my%20model.gguf")));
    }

    [Fact]
    public void What_is_understood_of_a_model_goes_to_its_status()
    {
        var status = Understood(Repository.File("tests", "Data", "architectures", "bert", "bert.gguf"));

        Assert.Equal(("gguf", "bert", "bert", 64), (status.Format, status.ModelType, status.Architecture, status.ContextTokens));
        Assert.Equal(["EMBEDDING"], status.Capabilities);
        Assert.Null(status.KvCache);
    }

    [Fact]
    public void Whose_family_a_model_is_of_does_not_make_them_its_vendor()
    {
        var status = Understood(Repository.File("tests", "Data", "stories260K", "stories260K-F32.gguf"));

        Assert.Equal((null, "Meta"), (status.Vendor, status.FamilyVendor));
    }

    [Fact]
    public void A_config_without_weights_is_no_model_that_can_run()
    {
        using var folder = new TempFolder();
        File.Copy(Repository.File("tests", "Data", "configs", "qwen3_4b.json"), folder.File("config.json"));

        Assert.Contains("there is a config and no weights", Assert.IsType<ModelInspection.Broken>(ModelFiles.Inspect(BaseModel.Kind, "file://" + folder.Path)).Message);
    }

    [Fact]
    public void Weights_are_an_adapter_or_a_model_with_its_base_merged_in()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("adapter_config.json"), """{"peft_type": "LORA", "r": 2, "lora_alpha": 2}""");
        SafetensorsWriter.Write(folder.Path, [Tensor(".lora_A.weight", [2, 172]), Tensor(".lora_B.weight", [64, 2])]);
        File.Move(folder.File("model.safetensors"), folder.File("adapter_model.safetensors"));

        var adapter = Assert.IsType<ModelInspection.Understood>(ModelFiles.Inspect(FineTunedWeight.Kind, "file://" + folder.Path)).Found;
        var merged = Assert.IsType<ModelInspection.Understood>(ModelFiles.Inspect(FineTunedWeight.Kind, "file://" + Repository.File("tests", "Data", "stories260K", "hf-bf16"))).Found;
        File.WriteAllText(folder.File("adapter_config.json"), """{"peft_type": "IA3"}""");
        var broken = Assert.IsType<ModelInspection.Broken>(ModelFiles.Inspect(FineTunedWeight.Kind, "file://" + folder.Path));

        Assert.Equal(("lora", "F32", 472L, 1888L, folder.Path), (adapter.ModelType, adapter.Quantization, adapter.Parameters, adapter.WeightBytes, adapter.Path));
        Assert.Equal(new FileInfo(folder.File("adapter_model.safetensors")).Length, adapter.SizeBytes);
        Assert.Equal("llama", merged.ModelType);
        Assert.Contains("IA3", broken.Message, StringComparison.Ordinal);

        static TensorToWrite Tensor(string suffix, long[] shape)
            => new("base_model.model.model.layers.0.mlp.down_proj" + suffix, DType.F32, [.. shape], stream => stream.Write(new byte[4 * shape[0] * shape[1]]));
    }

    [Fact]
    public void A_pipeline_is_told_by_its_parts()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("model_index.json"), """{"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.30.0", "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"], "text_encoder_2": ["transformers", "T5EncoderModel"]}""");

        var status = Understood(folder.Path);

        Assert.Equal(("diffusers", "0.30.0"), (status.Framework!.Name, status.Framework.Version));
        Assert.Equal(["TEXT_TO_IMAGE"], status.Capabilities);
        Assert.Equal(("StableDiffusionPipeline", "UNet2DConditionModel", "AutoencoderKL"), (status.DiffusionPipeline!.ClassName, status.DiffusionPipeline.Transformer!.Type, status.DiffusionPipeline.Vae!.Type));
        Assert.Equal("T5EncoderModel", status.DiffusionPipeline.AdditionalComponents!["text_encoder_2"].Type);
    }

    [Theory]
    [InlineData("file:///models/a.gguf", null)]
    [InlineData("file://localhost/models/a.gguf", "must not name a host: write file:///models/a.gguf")]
    [InlineData("file://models/a.gguf", "must hold an absolute path")]
    public void A_file_address_names_no_host(string uri, string? expected)
    {
        if (expected is null)
            Assert.Null(StorageUri.Problem(uri));
        else
            Assert.Contains(expected, StorageUri.Problem(uri));
    }

    private static ModelStatus Understood(string path) => Assert.IsType<ModelInspection.Understood>(ModelFiles.Inspect(BaseModel.Kind, "file://" + path)).Found;
}
