using Orrery.Engine.Decoder.Cache;

namespace Orrery.Engine.Tests.Scheduling;

public sealed class PageTableTests
{
    private static readonly BlockHash One = new(1), Two = new(2);

    [Fact]
    public void What_was_published_is_found_after_its_user_left()
    {
        var table = new PageTable(2);
        int page = Rent(table);
        table.Publish(page, One);
        table.Return(page);

        Assert.Equal(2, table.Free);
        Assert.True(table.TryFind(One, out int found));
        Assert.Equal((page, 1), (found, table.Free));
    }

    [Fact]
    public void A_page_goes_only_when_its_last_user_does()
    {
        var table = new PageTable(1);
        int page = Rent(table);
        table.Publish(page, One);
        Assert.True(table.TryFind(One, out _));

        table.Return(page);
        Assert.False(table.TryRent(out _));
        table.Return(page);
        Assert.True(table.TryRent(out _));
    }

    [Fact]
    public void What_was_used_longest_ago_is_forgotten_first_and_told()
    {
        var told = new List<string>();
        var table = new PageTable(2) { Changed = (hash, came) => told.Add($"{(came ? '+' : '-')}{hash.Value}") };
        foreach (var hash in (BlockHash[])[One, Two])
        {
            int page = Rent(table);
            table.Publish(page, hash);
            table.Return(page);
        }
        Assert.True(table.TryFind(One, out int again));
        table.Return(again);

        Rent(table);

        Assert.True(table.TryFind(One, out _));
        Assert.False(table.TryFind(Two, out _));
        Assert.Equal(["+1", "+2", "-2"], told);
    }

    [Fact]
    public void Of_two_pages_with_the_same_content_the_first_is_found_and_the_other_is_blank_again()
    {
        var table = new PageTable(2);
        int first = Rent(table), second = Rent(table);
        table.Publish(first, One);
        table.Publish(second, One);

        table.Return(second);

        Assert.Equal((1, 1), (table.Free, table.Published));
        Assert.True(table.TryFind(One, out int found));
        Assert.Equal(first, found);
    }

    [Fact]
    public void Hashes_depend_on_every_token_before_and_on_the_adapter()
    {
        int[] tokens = [.. Enumerable.Range(0, 16)], others = [99, .. Enumerable.Range(1, 15)];
        var root = BlockHash.Root(null);
        var hashes = new[]
        {
            root.Next(tokens), root.Next(others), root.Next(tokens).Next(tokens), root.Next(others).Next(tokens), BlockHash.Root("pirate").Next(tokens),
        };

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(root.Next(tokens), BlockHash.Root(null).Next([.. tokens]));
    }

    private static int Rent(PageTable table)
    {
        Assert.True(table.TryRent(out int page));
        return page;
    }
}
