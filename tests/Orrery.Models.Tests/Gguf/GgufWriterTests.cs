using Orrery.Models.Gguf;
using Orrery.Tensors;

namespace Orrery.Models.Tests.Gguf;

public sealed class GgufWriterTests
{
    [Fact]
    public void Values_of_every_type_come_back()
    {
        KeyValuePair<string, object>[] metadata =
        [
            new("u8", (byte)200), new("i8", (sbyte)-7), new("u16", (ushort)513), new("i16", (short)-2), new("u32", 70_000u), new("i32", -5),
            new("f32", 1.5f), new("bool", true), new("text", "für"), new("u64", 1UL << 40), new("i64", -7L), new("f64", 2.5),
            new("texts", new[] { "a", "", "ü" }), new("bools", new[] { true, false }), new("u8s", new byte[] { 1, 2 }), new("i8s", new sbyte[] { -1 }),
            new("u16s", new ushort[] { 3 }), new("i16s", new short[] { -3 }), new("u32s", new uint[] { 4 }), new("i32s", new[] { -4, 5 }),
            new("f32s", new[] { 1f, 2f }), new("u64s", new ulong[] { 6 }), new("i64s", new long[] { -6 }), new("f64s", new[] { 3.5 }), new("none", Array.Empty<string>()),
        ];
        using var folder = new TempFolder();

        GgufWriter.Write(folder.File("m.gguf"), metadata, []);

        using var file = GgufFile.Open(folder.File("m.gguf"));
        Assert.Equal(metadata.Select(pair => pair.Key), file.Metadata.Keys);
        Assert.All(metadata, pair => Assert.Equal(pair.Value, file.Metadata.ValueOf(pair.Key)));
        Assert.All(metadata, pair => Assert.Equal(pair.Value.GetType(), file.Metadata.ValueOf(pair.Key)!.GetType()));
    }

    [Fact]
    public void A_file_comes_back_as_it_was_read()
    {
        string path = Repository.File("tests", "Data", "stories260K", "stories260K-Q8_0.gguf");
        using var folder = new TempFolder();
        using var original = GgufFile.Open(path);
        var metadata = original.Metadata.Keys.Select(key => KeyValuePair.Create(key, original.Metadata.ValueOf(key)!)).ToList();
        var tensors = original.Header.Tensors.Values.Select(tensor => new TensorToWrite(tensor.Name, tensor.Type, tensor.SlowestFirst, to => original.CopyBytes(tensor, to))).ToList();

        GgufWriter.Write(folder.File("copy.gguf"), metadata, tensors);

        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(folder.File("copy.gguf")));
    }

    [Fact]
    public void Without_room_nothing_is_left_behind()
    {
        using var folder = new TempFolder();
        var tensor = new TensorToWrite("t", DType.F32, [1L << 40, 1L << 14], _ => { });

        var error = Assert.Throws<IOException>(() => GgufWriter.Write(folder.File("m.gguf"), [], [tensor]));

        Assert.StartsWith(folder.File("m.gguf") + ": the file of ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".partial", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_failure_half_way_leaves_what_was_there()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("m.gguf"), "old");
        var good = new TensorToWrite("a", DType.F32, [1], to => to.Write(new byte[4]));
        var bad = new TensorToWrite("b", DType.F32, [1], _ => throw new IOException("No space left on device"));
        var tooShort = new TensorToWrite("b", DType.F32, [1], to => to.Write(new byte[3]));

        Assert.Contains("could not be written (No space left on device)", Assert.Throws<IOException>(() => GgufWriter.Write(folder.File("m.gguf"), [], [good, bad])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GgufWriter.Write(folder.File("m.gguf"), [], [good, tooShort]));
        Assert.Throws<IOException>(() => GgufWriter.Write(Path.Combine(folder.Path, "absent", "m.gguf"), [], [good]));

        Assert.Contains("cannot have this name", Assert.Throws<IOException>(() => GgufWriter.Write(folder.Path, [], [good])).Message, StringComparison.Ordinal);

        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(folder.Path) + "*"));
        Assert.Equal([folder.File("m.gguf")], Directory.GetFiles(folder.Path));
        Assert.Equal("old", File.ReadAllText(folder.File("m.gguf")));
    }

    [Fact]
    public void What_has_no_form_is_refused()
    {
        using var folder = new TempFolder();
        var tensor = new TensorToWrite("t", DType.F32, [1], to => to.Write(new byte[4]));

        void Refuse(KeyValuePair<string, object>[] metadata, params TensorToWrite[] tensors)
            => Assert.Throws<ArgumentException>(() => GgufWriter.Write(folder.File("m.gguf"), metadata, tensors));

        Refuse([new("decimal", 1m)]);
        Refuse([new("nested", new[] { new[] { 1 } })]);
        Refuse([new("", 1)]);
        Refuse([new("k", 1), new("k", 1)]);
        Refuse([new("general.alignment", 64u)]);
        Refuse([], tensor, tensor);
        Refuse([], tensor with { Shape = [] });
        Refuse([], tensor with { Shape = [0] });
        Refuse([], tensor with { Shape = [1, 1, 1, 1, 1] });
        Refuse([], tensor with { Shape = [33], Type = DType.Q8_0 });
        Refuse([], tensor with { Name = "" });
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
