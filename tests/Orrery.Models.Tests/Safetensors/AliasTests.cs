using Orrery.Models.Safetensors;

namespace Orrery.Models.Tests.Safetensors;

public sealed class AliasTests
{
    [Theory]
    [InlineData("model.embed_tokens.weight", "lm_head.weight")]
    [InlineData("lm_head.weight", "model.embed_tokens.weight")]
    public void A_tensor_that_was_left_out_is_found_under_the_name_it_was_kept_by(string dropped, string kept)
    {
        using var folder = new SafetensorsBuilder().Note("format", "pt").Note(dropped, kept).Floats(kept, [2, 2], 1, 2, 3, 4).Model();
        using var model = SafetensorsModel.Open(folder.Path);
        float[] row = new float[2];

        model.Matrix(dropped, 2, 2).CopyRow(1, row);

        Assert.Equal([3, 4], row);
        Assert.Equal((true, true, false), (model.Has(dropped), model.Has(kept), model.Has("format")));
        Assert.Equal([kept], model.TensorNames);
    }

    [Fact]
    public void A_note_about_a_tensor_that_is_there_changes_nothing()
    {
        using var folder = new SafetensorsBuilder().Note("a", "b").Floats("a", [1], 1).Floats("b", [1], 2).Model();
        using var model = SafetensorsModel.Open(folder.Path);

        Assert.Equal(1, model.Matrix("a", 1).AsVector()[0]);
    }

    [Fact]
    public void Names_that_only_lead_to_each_other_lead_nowhere()
    {
        using var folder = new SafetensorsBuilder().Note("a", "b").Note("b", "a").Note("c", "c").Note("d", "absent").Floats("x", [1], 1).Model();
        using var model = SafetensorsModel.Open(folder.Path);

        Assert.All(["a", "b", "c", "d"], name => Assert.False(model.Has(name)));
        Assert.Contains("tensor 'a' is missing", Assert.Throws<InvalidModelFileException>(() => model.Matrix("a", 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alias_holds_across_shards()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("config.json"), "{}");
        File.WriteAllText(folder.File("model.safetensors.index.json"), """{"weight_map": {"x": "one.safetensors", "y": "two.safetensors"}}""");
        File.WriteAllBytes(folder.File("one.safetensors"), new SafetensorsBuilder().Note("z", "y").Floats("x", [1], 1).File());
        File.WriteAllBytes(folder.File("two.safetensors"), new SafetensorsBuilder().Floats("y", [1], 2).File());
        using var model = SafetensorsModel.Open(folder.Path);

        Assert.Equal(2, model.Matrix("z", 1).AsVector()[0]);
    }
}
