using Orrery.ModelAgent.Downloads;

namespace Orrery.ModelAgent.Tests.Downloads;

public sealed class PartialFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Stem => _folder.File("p");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Complete_segments_are_known_after_a_restart()
    {
        using (var first = PartialFile.Open(Stem, "id", 25, segmentBytes: 10))
        {
            await first.WriteAsync(10, new byte[10], Ct);
            first.MarkComplete(1);
            await first.WriteAsync(20, new byte[3], Ct);
        }

        using var second = PartialFile.Open(Stem, "id", 25, segmentBytes: 10);

        Assert.Equal([0, 2], second.Missing);
        Assert.Equal((10L, 10L), (second.CompleteBytes, PartialFile.Held(Stem, "id", 25, 10)));
        Assert.Equal(new Storage.Origins.ByteRange(20, 5), second.RangeOf(2));
    }

    [Theory]
    [InlineData("other", 25, 10)]
    [InlineData("id", 26, 10)]
    [InlineData("id", 25, 5)]
    public void What_is_of_another_file_is_not_taken(string identity, int length, int segmentBytes)
    {
        using (var first = PartialFile.Open(Stem, "id", 25, segmentBytes: 10))
            first.MarkComplete(1);

        Assert.Equal(0, PartialFile.Held(Stem, identity, length, segmentBytes));
        using var second = PartialFile.Open(Stem, identity, length, segmentBytes);
        Assert.Equal(0, second.CompleteBytes);
    }

    [Fact]
    public void A_journal_cut_anywhere_promises_nothing_that_is_not_in_it()
    {
        using (var first = PartialFile.Open(Stem, "id", 100, segmentBytes: 10))
        {
            for (int i = 0; i < 10; i++)
                first.MarkComplete(i);
        }
        byte[] whole = File.ReadAllBytes(Stem + ".journal");
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Stem + ".journal", whole[..length]);
            using var cut = PartialFile.Open(Stem, "id", 100, segmentBytes: 10);
            Assert.Equal(Math.Max(0, length - 1024) * 10, cut.CompleteBytes);
        }
    }
}
