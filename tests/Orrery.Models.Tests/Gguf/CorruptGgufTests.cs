using Orrery.Models.Gguf;
using static Orrery.Models.Tests.Gguf.GgufBuilder;

namespace Orrery.Models.Tests.Gguf;

/// <summary>Whatever is in a file, the answer is a header or one line that says what is wrong.</summary>
public sealed class CorruptGgufTests
{
    private const int FuzzRounds = 20_000;

    /// <summary>Of the file's length: strings are two bytes a character in memory, and every small value is an object.</summary>
    private const int AllocationBudgetFactor = 32;

    public static TheoryData<string, byte[], string> Corruptions => new()
    {
        { "empty", [], "needs 4 bytes" },
        { "another kind of file", "PK\u0003\u0004 and so on"u8.ToArray(), "are not 'GGUF'" },
        { "old version", new GgufBuilder { Version = 1 }.File(), "says GGUF version 1" },
        { "unheard-of version", new GgufBuilder { Version = 77 }.File(), "says GGUF version 77" },
        { "big-endian", new GgufBuilder { Version = 3u << 24 }.File(), "is big-endian" },
        { "huge tensor count", new GgufBuilder { TensorCount = ulong.MaxValue }.File(), "the tensor table claims 18446744073709551615 entries" },
        { "huge metadata count", new GgufBuilder { MetadataCount = 1UL << 60 }.File(), "the metadata claims 1152921504606846976 keys" },
        { "more pairs than are there", new GgufBuilder { MetadataCount = 2 }.Number("k", 1).Header(), "the metadata claims 2 keys" },
        { "unknown value type", new GgufBuilder().Pair("k", 13, [0]).File(), "'k' has value type 13" },
        { "empty key", new GgufBuilder().Pair("", 7, [1]).File(), "metadata key 0 is empty" },
        { "key without an end", new GgufBuilder().RawPair(U64(ulong.MaxValue), 7, [1]).File(), "metadata key 0 claims 18446744073709551615 bytes" },
        { "key that is not UTF-8", new GgufBuilder().RawPair([.. U64(2), 0xC3, 0x28], 7, [1]).File(), "metadata key 0 is not valid UTF-8" },
        { "text that is not UTF-8", new GgufBuilder().Pair("k", 8, U64(1), [0xFF]).File(), "'k' is not valid UTF-8" },
        { "text without an end", new GgufBuilder().Pair("k", 8, U64(1UL << 62)).File(), "'k' claims 4611686018427387904 bytes" },
        { "key there twice", new GgufBuilder().Number("k", 1).Number("k", 2).File(), "'k' is there twice" },
        { "truth value of 2", new GgufBuilder().Pair("k", 7, [2]).File(), "'k' is a truth value of 2" },
        { "huge array of numbers", new GgufBuilder().Pair("k", 9, U32(4), U64(1UL << 61)).File(), "'k' claims 2305843009213693952 elements" },
        { "huge array of texts", new GgufBuilder().Pair("k", 9, U32(8), U64(int.MaxValue)).File(), "'k' claims 2147483647 elements" },
        { "array of unknown type", new GgufBuilder().Pair("k", 9, U32(99), U64(0)).File(), "'k' has elements of type 99" },
        { "array of arrays", new GgufBuilder().Pair("k", 9, U32(9), U64(1), U32(4), U64(0)).File(), "'k' is an array of arrays" },
        { "alignment of 0", new GgufBuilder().Number("general.alignment", 0).File(), "'general.alignment' is 0" },
        { "alignment of 24", new GgufBuilder().Number("general.alignment", 24).File(), "'general.alignment' is 24" },
        { "alignment as text", new GgufBuilder().String("general.alignment", "32").File(), "'general.alignment' is of type String" },
        { "tensor without a name", new GgufBuilder().Tensor("", [4], 0, 16).File(), "the name of tensor 0 is empty" },
        { "tensor without dimensions", new GgufBuilder().Tensor("t", [], 0, 16).Tensor("u", [1], 0, 16).File(), "'t' has 0 dimensions" },
        { "tensor of five dimensions", new GgufBuilder().Tensor("t", [1, 1, 1, 1, 1], 0, 16).File(), "'t' has 5 dimensions" },
        { "extent of 0", new GgufBuilder().Tensor("t", [4, 0], 0, 16).File(), "'t' has an impossible extent of 0" },
        { "extents whose product overflows", new GgufBuilder().Tensor("t", [1UL << 40, 1UL << 40], 0, 16).File(), "'t' has an impossible extent of 1099511627776" },
        { "tensor of more bytes than a number holds", new GgufBuilder().Tensor("t", [1UL << 62], 0, 16).File(), "more than any file holds" },
        { "unknown tensor type", new GgufBuilder().Tensor("t", [4], 99, 16).File(), "'t' has type 99" },
        { "rows that are no whole blocks", new GgufBuilder().Tensor("t", [33], 8, 64).File(), "'t' has rows of 33 weights; Q8_0 comes in blocks of 32" },
        { "tensor beyond the end", new GgufBuilder().Tensor("t", [64], 0, 128).File(), "the file ends at" },
        { "offset beyond the end", new GgufBuilder().Tensor("t", [4], 0, 16, offset: 1UL << 40).File(), "the file ends at" },
        { "offset that overflows", new GgufBuilder().Tensor("t", [4], 0, 16, offset: ulong.MaxValue - 31).File(), "more than any file holds" },
        { "unaligned offset", new GgufBuilder().Tensor("t", [4], 0, 64, offset: 8).File(), "no multiple of the alignment 32" },
        { "overlapping tensors", new GgufBuilder().Tensor("t", [16], 0, 64).Tensor("u", [16], 0, 64, offset: 32).File(), "'u' overlaps tensor 't'" },
        { "tensor there twice", new GgufBuilder().Tensor("t", [4], 0, 16).Tensor("t", [4], 0, 16).File(), "'t' is there twice" },
        { "line breaks in a name", new GgufBuilder().Tensor("a\nb", [4], 99, 16).File(), "'a?b' has type 99" },
    };

    [Theory]
    [MemberData(nameof(Corruptions))]
    public void Is_refused_with_one_line(string because, byte[] file, string expected)
    {
        var error = Assert.Throws<InvalidModelFileException>(() => Read(file));

        Assert.True(error.Message.Contains(expected, StringComparison.Ordinal), $"{because}: expected '{expected}', got '{error.Message}'");
        AssertOneLine(error);
    }

    [Fact]
    public void A_name_without_end_is_cut_in_the_message()
    {
        byte[] file = new GgufBuilder().Tensor(new string('x', 100_000), [4], 99, 16).File();

        Assert.InRange(Assert.Throws<InvalidModelFileException>(() => Read(file)).Message.Length, 1, 600);
    }

    [Fact]
    public void Truncated_at_any_byte_of_the_header_it_is_refused()
    {
        byte[] file = Stories();
        int header = (int)GgufHeader.Read(file, file.Length, "test.gguf").DataOffset;
        for (int length = 0; length < header; length++)
        {
            byte[] cut = file[..length];
            AssertOneLine(Assert.Throws<InvalidModelFileException>(() => Read(cut)));
        }
    }

    [Fact]
    public void Truncated_in_the_weights_it_is_refused()
    {
        byte[] file = Stories();

        var error = Assert.Throws<InvalidModelFileException>(() => Read(file[..^1000]));

        Assert.Contains("the file ends at", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flipped_bits_give_a_header_or_one_line_and_bounded_memory()
    {
        byte[] sound = Stories();
        int header = (int)GgufHeader.Read(sound, sound.Length, "test.gguf").DataOffset;
        byte[] file = [.. sound];
        var random = new Random(20260107);
        int refused = 0;
        for (int round = 0; round < FuzzRounds; round++)
        {
            // Most of the header is vocabulary, where flips harm little: half of them go to the first and last kilobyte.
            int[] places = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(4) switch
            {
                0 => random.Next(1024),
                1 => header - 1 - random.Next(2048),
                _ => random.Next(header),
            })];
            foreach (int place in places)
                file[place] ^= (byte)(1 << random.Next(8));

            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Read(file);
            }
            catch (InvalidModelFileException e)
            {
                AssertOneLine(e);
                refused++;
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocationBudgetFactor * (long)header);

            foreach (int place in places)
                file[place] = sound[place];
        }
        Assert.InRange(refused, FuzzRounds / 10, FuzzRounds);
    }

    private static GgufHeader Read(byte[] file) => GgufHeader.Read(file, file.Length, "test.gguf");

    private static byte[] Stories() => File.ReadAllBytes(Repository.File("tests", "Data", "stories260K", "stories260K-Q8_0.gguf"));

    private static void AssertOneLine(InvalidModelFileException error)
    {
        Assert.StartsWith("test.gguf: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }
}
