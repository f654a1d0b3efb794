using Orrery.Local.Store;
using Orrery.Platform.Database;
using Orrery.Platform.Responses;

namespace Orrery.Platform.Tests.Responses;

public sealed class StoredResponsesTests : IDisposable
{
    private const long Plenty = 1_000_000;
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(60);
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private async Task<StoredResponses> OpenAsync()
        => new(await PlatformDatabase.OpenAsync(() => SqliteConnections.Open(_folder.File("platform.db")), Ct));

    /// <summary>Of 100 bytes. A later minute is a later response.</summary>
    private static StoredResponse Response(string id, string? previous = null, string owner = "alice", int minute = 0)
        => new(id, owner, previous, Now.AddMinutes(minute), Now.AddDays(30), "[]", new string('ä', 49));

    private static async Task<string> ConversationAsync(StoredResponses responses, string id, long maxBytes = Plenty, string owner = "alice")
        => await responses.ConversationAsync(owner, id, maxBytes, Now, Ct) switch
        {
            StoredConversation.Found(var turns) => string.Join(' ', turns.Select(t => t.Id)),
            StoredConversation.Missing(var missing) => $"{missing} is missing",
            var other => other.GetType().Name,
        };

    [Fact]
    public async Task What_was_stored_is_found_as_it_was_also_after_the_database_is_opened_again()
    {
        var stored = Response("a", "before");
        Assert.True(await (await OpenAsync()).AddAsync(stored, Plenty, Ct));

        Assert.Equal(stored, await (await OpenAsync()).FindAsync("alice", "a", Now, Ct));
        Assert.Equal(100, stored.Bytes);
    }

    [Fact]
    public async Task What_is_anothers_is_not_there()
    {
        var responses = await OpenAsync();
        await responses.AddAsync(Response("a"), Plenty, Ct);

        Assert.Null(await responses.FindAsync("bob", "a", Now, Ct));
        Assert.False(await responses.DeleteAsync("bob", "a", Now, Ct));
        Assert.Equal("a is missing", await ConversationAsync(responses, "a", owner: "bob"));
        Assert.NotNull(await responses.FindAsync("alice", "a", Now, Ct));
    }

    [Fact]
    public async Task A_deleted_one_is_not_there_and_not_deleted_twice()
    {
        var responses = await OpenAsync();
        await responses.AddAsync(Response("a"), Plenty, Ct);

        Assert.True(await responses.DeleteAsync("alice", "a", Now, Ct));
        Assert.False(await responses.DeleteAsync("alice", "a", Now, Ct));
        Assert.Null(await responses.FindAsync("alice", "a", Now, Ct));
    }

    [Fact]
    public async Task An_expired_one_is_not_there_swept_or_not()
    {
        var responses = await OpenAsync();
        await responses.AddAsync(Response("a"), Plenty, Ct);
        await responses.AddAsync(Response("b", "a") with { Expires = Now.AddDays(60) }, Plenty, Ct);
        var later = Now.AddDays(30);

        Assert.NotNull(await responses.FindAsync("alice", "a", later.AddMilliseconds(-1), Ct));
        Assert.Null(await responses.FindAsync("alice", "a", later, Ct));
        Assert.False(await responses.DeleteAsync("alice", "a", later, Ct));
        Assert.Equal(new StoredConversation.Missing("a"), await responses.ConversationAsync("alice", "b", Plenty, later, Ct));
    }

    [Fact]
    public async Task A_sweep_removes_expired_ones_in_bounded_steps_and_nothing_else()
    {
        var responses = await OpenAsync();
        for (int i = 0; i < 501; i++)
            await responses.AddAsync(Response($"old{i}"), Plenty, Ct);
        await responses.AddAsync(Response("new") with { Expires = Now.AddDays(31) }, Plenty, Ct);

        Assert.True(await responses.SweepAsync(Now.AddDays(30), Ct));
        Assert.False(await responses.SweepAsync(Now.AddDays(30), Ct));

        // Asked for as of before they expired: they are gone, not only hidden.
        Assert.Null(await responses.FindAsync("alice", "old500", Now, Ct));
        Assert.NotNull(await responses.FindAsync("alice", "new", Now, Ct));
    }

    [Fact]
    public async Task An_owners_oldest_make_room_and_others_keep_theirs()
    {
        var responses = await OpenAsync();
        await responses.AddAsync(Response("bobs", owner: "bob"), 300, Ct);
        foreach (var (minute, id) in new[] { "a", "b", "c", "d" }.Index())
            Assert.True(await responses.AddAsync(Response(id, minute: minute), 300, Ct));

        Assert.Null(await responses.FindAsync("alice", "a", Now, Ct));
        Assert.NotNull(await responses.FindAsync("alice", "b", Now, Ct));
        Assert.NotNull(await responses.FindAsync("alice", "d", Now, Ct));
        Assert.NotNull(await responses.FindAsync("bob", "bobs", Now, Ct));
    }

    [Fact]
    public async Task Many_at_once_are_all_stored_and_the_bound_holds()
    {
        var responses = await OpenAsync();

        bool[] stored = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => responses.AddAsync(Response($"{i}", minute: i), 1000, Ct), Ct)));

        Assert.DoesNotContain(false, stored);
        int there = 0;
        for (int i = 0; i < 40; i++)
            there += await responses.FindAsync("alice", $"{i}", Now, Ct) is null ? 0 : 1;
        Assert.Equal(10, there);
    }

    [Fact]
    public async Task One_that_is_larger_than_the_bound_is_not_stored_and_pushes_nothing_out()
    {
        var responses = await OpenAsync();
        await responses.AddAsync(Response("a"), 100, Ct);

        Assert.False(await responses.AddAsync(Response("b"), 99, Ct));

        Assert.NotNull(await responses.FindAsync("alice", "a", Now, Ct));
        Assert.Null(await responses.FindAsync("alice", "b", Now, Ct));
    }

    [Fact]
    public async Task A_conversation_is_all_that_a_response_goes_on_from_oldest_first()
    {
        var responses = await OpenAsync();
        await responses.AddAsync(Response("a"), Plenty, Ct);
        await responses.AddAsync(Response("b", "a"), Plenty, Ct);
        await responses.AddAsync(Response("c", "b"), Plenty, Ct);
        await responses.AddAsync(Response("branch", "a"), Plenty, Ct);

        Assert.Equal("a b c", await ConversationAsync(responses, "c"));
        Assert.Equal("a branch", await ConversationAsync(responses, "branch"));
        Assert.Equal("none is missing", await ConversationAsync(responses, "none"));

        await responses.DeleteAsync("alice", "a", Now, Ct);
        Assert.Equal("a is missing", await ConversationAsync(responses, "c"));
    }

    [Theory]
    [InlineData(300, "a b c")]
    [InlineData(299, "TooLong")]
    [InlineData(1, "TooLong")]
    public async Task A_conversation_is_read_up_to_a_bound_of_bytes(long maxBytes, string expected)
    {
        var responses = await OpenAsync();
        foreach (var (id, previous) in new[] { ("a", null), ("b", "a"), ("c", "b") })
            await responses.AddAsync(Response(id, previous), Plenty, Ct);

        Assert.Equal(expected, await ConversationAsync(responses, "c", maxBytes));
    }

    [Fact]
    public async Task A_conversation_is_read_up_to_a_bound_of_turns()
    {
        var responses = await OpenAsync();
        for (int i = 0; i <= StoredResponses.MaxTurns; i++)
            await responses.AddAsync(Response($"{i}", i == 0 ? null : $"{i - 1}"), Plenty, Ct);

        Assert.Equal("TooLong", await ConversationAsync(responses, $"{StoredResponses.MaxTurns}"));
        Assert.StartsWith("0 1 ", await ConversationAsync(responses, $"{StoredResponses.MaxTurns - 1}"));
    }
}
