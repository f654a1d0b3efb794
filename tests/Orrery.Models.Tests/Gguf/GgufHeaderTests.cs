using Orrery.Models.Gguf;

namespace Orrery.Models.Tests.Gguf;

public sealed class GgufHeaderTests
{
    [Theory]
    [InlineData(2u)]
    [InlineData(3u)]
    public void Values_of_every_type_are_read(uint version)
    {
        byte[] file = new GgufBuilder { Version = version }
            .Pair("u8", 0, [200]).Pair("i8", 1, [200]).Pair("u16", 2, [1, 2]).Pair("i16", 3, [0xFE, 0xFF])
            .Number("u32", 70_000).Pair("i32", 5, BitConverter.GetBytes(-5)).Pair("f32", 6, BitConverter.GetBytes(1.5f))
            .Pair("true", 7, [1]).String("text", "für").Pair("u64", 10, GgufBuilder.U64(1UL << 40)).Pair("i64", 11, BitConverter.GetBytes(-7L))
            .Pair("f64", 12, BitConverter.GetBytes(2.5)).Strings("strings", "a", "", "ü").Floats("floats", 1, 2).Ints("ints", 3, -4)
            .Pair("bools", 9, GgufBuilder.U32(7), GgufBuilder.U64(2), [1, 0])
            .File();

        var metadata = GgufHeader.Read(file, file.Length, "test.gguf").Metadata;

        Assert.Equal([200, -56, 513, -2, 70_000, -5, 1L << 40, -7],
            new[] { "u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64" }.Select(key => metadata.WholeNumber(key, -100, long.MaxValue)!.Value));
        Assert.Equal((1.5f, 2.5f, true, "für"), (metadata.Number("f32"), metadata.Number("f64"), metadata.Truth("true"), metadata.Text("text")));
        Assert.Equal(["a", "", "ü"], metadata.ArrayOf<string>("strings")!);
        Assert.Equal([1, 2], metadata.ArrayOf<float>("floats")!);
        Assert.Equal([3, -4], metadata.ArrayOf<int>("ints")!);
        Assert.Equal([true, false], metadata.ArrayOf<bool>("bools")!);
    }

    [Fact]
    public void Tensors_are_placed_behind_the_header()
    {
        byte[] file = new GgufBuilder().Tensor("a", [64, 2], type: 8, bytes: 136).Tensor("b", [3], type: 0, bytes: 12).File();

        var header = GgufHeader.Read(file, file.Length, "test.gguf");

        Assert.Equal((136L, 128L, "[64, 2]", "Q8_0"), (header.Tensors["a"].Bytes, header.Tensors["a"].Weights, header.Tensors["a"].ShapeText, header.Tensors["a"].Type.Name));
        Assert.Equal(header.DataOffset, header.Tensors["a"].Offset);
        Assert.Equal(header.DataOffset + 160, header.Tensors["b"].Offset);
    }

    [Fact]
    public void The_alignment_in_the_file_counts()
    {
        byte[] file = [.. new GgufBuilder().Number("general.alignment", 256).Tensor("a", [1], type: 0, bytes: 4).Header(), .. new byte[512]];

        Assert.Equal(256, GgufHeader.Read(file, file.Length, "test.gguf").Tensors["a"].Offset);
    }

    [Fact]
    public void An_absent_key_is_null_and_a_wrong_one_an_error()
    {
        byte[] file = new GgufBuilder().String("text", "x").Number("number", 5).Pair("nan", 6, BitConverter.GetBytes(float.NaN)).File();
        var metadata = GgufHeader.Read(file, file.Length, "test.gguf").Metadata;

        Assert.Null(metadata.Text("absent"));
        Assert.Null(metadata.WholeNumber("absent", 0, 1));
        Assert.Null(metadata.ArrayOf<float>("absent"));
        Assert.Contains("'text' is of type String", Assert.Throws<InvalidModelFileException>(() => metadata.WholeNumber("text", 0, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("'number' is 5; it must be between 0 and 4", Assert.Throws<InvalidModelFileException>(() => metadata.WholeNumber("number", 0, 4)).Message, StringComparison.Ordinal);
        Assert.Contains("'nan'", Assert.Throws<InvalidModelFileException>(() => metadata.Number("nan")).Message, StringComparison.Ordinal);
        Assert.Contains("'number'", Assert.Throws<InvalidModelFileException>(() => metadata.Truth("number")).Message, StringComparison.Ordinal);
        Assert.Contains("'number'", Assert.Throws<InvalidModelFileException>(() => metadata.ArrayOf<int>("number")).Message, StringComparison.Ordinal);
    }
}
