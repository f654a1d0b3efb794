using System.Text;
using Orrery.Models.Safetensors;

namespace Orrery.Models.Tests.Safetensors;

public sealed class SafetensorsHeaderTests
{
    private const string Sound = """
        {"__metadata__": {"format": "pt", "model.norm": "model.other"}, "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
         "b": {"dtype": "BF16", "shape": [], "data_offsets": [24, 26]}, "c": {"dtype": "I64", "shape": [0, 5], "data_offsets": [26, 26]}, "d": {"dtype": "U8", "shape": [6], "data_offsets": [26, 32]}}
        """;

    [Fact]
    public void A_header_names_its_tensors_and_its_notes_are_left_alone()
    {
        var tensors = Read(Sound, dataBytes: 32);

        Assert.Equal(["a", "b", "c", "d"], tensors.Keys.Order());
        int data = 8 + Encoding.UTF8.GetByteCount(Sound);
        Assert.Equal(("F32", 6L, "[2, 3]", (long)data, 24L), (tensors["a"].TypeName, tensors["a"].Weights, tensors["a"].ShapeText, tensors["a"].Offset, tensors["a"].Bytes));
        Assert.Equal((1L, "[]", data + 24L, 2L), (tensors["b"].Weights, tensors["b"].ShapeText, tensors["b"].Offset, tensors["b"].Bytes));
        Assert.Equal((0L, 0L), (tensors["c"].Weights, tensors["c"].Bytes));
        Assert.Null(tensors["d"].Type);
    }

    public static TheoryData<string, string, string> Broken => new()
    {
        { "\"F32\"", "\"F99\"", "key 'a' has dtype 'F99', which is none that this version knows" },
        { "\"F32\"", "32", "key 'a.dtype' is a number; a string is needed" },
        { "[2, 3]", "[2, 4]", "key 'a' has 24 bytes; F32 of shape [2, 4] has another size" },
        { "[2, 3]", "[4611686018427387904, 4]", "has another size" },
        { "[2, 3]", "[-2, -3]", "key 'a.shape[0]' is -2" },
        { "[2, 3]", "[2.5]", "key 'a.shape[0]' is 2.5" },
        { "[2, 3]", "[1,1,1,1,1,1,1,1,6]", "has 9 dimensions; at most 8 are possible" },
        { "[24, 26]", "[24, 260]", "key 'b' lies at bytes 24 to 260 of data that has 32" },
        { "[24, 26]", "[26, 24]", "key 'b' lies at bytes 26 to 24" },
        { "[24, 26]", "[24]", "key 'b' lies at bytes 24 of data" },
        { "[24, 26]", "[22, 24]", "tensor 'b' overlaps tensor 'a', which ends at byte" },
        { "[26, 32]", "[25, 31]", "overlaps" },
        { "\"shape\": [6], \"data_offsets\": [26, 32]", "\"shape\": [5], \"data_offsets\": [27, 32]", "tensor 'd' begins at byte" },
        { "\"shape\": [6], \"data_offsets\": [26, 32]", "\"shape\": [5], \"data_offsets\": [26, 31]", "its tensors end at" },
        { "\"b\":", "\"a\":", "tensor 'a' is there twice" },
        { "\"c\": {", "\"c\": 5, \"x\": {", "key 'c' is a number; an object is needed" },
        { "\"b\":", "\"\\ud800\":", "is not valid Unicode" },
        { "{\"__metadata__\"", "x{\"__metadata__\"", "does not begin with '{'" },
        { "32]}}", "32]}", "is no JSON" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_header_that_is_wrong_is_refused_by_name(string part, string replacement, string expected)
    {
        Assert.Contains(part, Sound, StringComparison.Ordinal);
        int at = Sound.IndexOf(part, StringComparison.Ordinal);
        string broken = Sound[..at] + replacement + Sound[(at + part.Length)..];

        var error = Assert.Throws<InvalidModelFileException>(() => Read(broken, dataBytes: 32));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Theory]
    [InlineData(0UL, "does not begin with '{'")]
    [InlineData(1000UL, "claims 1000 bytes")]
    [InlineData(ulong.MaxValue, "claims 18446744073709551615 bytes")]
    public void A_length_that_the_file_has_not_is_refused(ulong length, string expected)
    {
        byte[] file = [.. BitConverter.GetBytes(length), .. "{}"u8];

        Assert.Contains(expected, Assert.Throws<InvalidModelFileException>(() => SafetensorsHeader.Read(file, file.Length, "x")).Message, StringComparison.Ordinal);
        Assert.Contains("needs 8 bytes", Assert.Throws<InvalidModelFileException>(() => SafetensorsHeader.Read(file.AsSpan(0, 7), 7, "x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_headers_give_tensors_inside_the_file_or_one_line()
    {
        const int Rounds = 5000;
        byte[] json = Encoding.UTF8.GetBytes(Sound);
        var random = new Random(20260309);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] damaged = Mutations.Of(json, random);
            byte[] file = [.. BitConverter.GetBytes((ulong)damaged.Length), .. damaged, .. new byte[32]];
            if (round % 10 == 0)
                file[random.Next(8)] ^= (byte)(1 << random.Next(8));
            try
            {
                foreach (var tensor in SafetensorsHeader.Read(file, file.Length, "fuzz").Tensors.Values)
                    Assert.InRange(tensor.Offset + tensor.Bytes, 8, file.Length);
            }
            catch (InvalidModelFileException e)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
                refused++;
            }
        }
        Assert.InRange(refused, Rounds / 2, Rounds - 1);
    }

    private static IReadOnlyDictionary<string, SafetensorsTensor> Read(string json, int dataBytes)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(json);
        byte[] file = [.. BitConverter.GetBytes((ulong)utf8.Length), .. utf8, .. new byte[dataBytes]];
        return SafetensorsHeader.Read(file, file.Length, "test.safetensors").Tensors;
    }
}
