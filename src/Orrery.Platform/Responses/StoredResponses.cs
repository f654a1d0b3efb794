using Dapper;
using Orrery.Platform.Database;

namespace Orrery.Platform.Responses;

/// <summary>Responses that callers may come back to, each seen by its owner alone and only until it expires.</summary>
public sealed class StoredResponses(PlatformDatabase database)
{
    /// <summary>Most turns of a conversation that are read.</summary>
    public const int MaxTurns = 1000;

    private const int SweptAtOnce = 500;
    private const string Columns = "id, owner, previous, created, expires, input, response";

    /// <summary>Stores it; the owner's oldest ones make room.</summary>
    /// <param name="maxBytes">Of all that this owner has stored.</param>
    /// <returns>False: it alone is larger than that, and nothing was changed.</returns>
    public async Task<bool> AddAsync(StoredResponse response, long maxBytes, CancellationToken ct)
    {
        long bytes = response.Bytes;
        if (bytes > maxBytes)
            return false;
        await using var connection = await database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync(
            $"INSERT INTO responses ({Columns}, bytes) VALUES (@Id, @Owner, @Previous, @created, @expires, @Input, @Response, @bytes)",
            new
            {
                response.Id,
                response.Owner,
                response.Previous,
                created = response.Created.ToUnixTimeMilliseconds(),
                expires = response.Expires.ToUnixTimeMilliseconds(),
                response.Input,
                response.Response,
                bytes,
            },
            transaction);
        long stored = await connection.ExecuteScalarAsync<long>("SELECT SUM(bytes) FROM responses WHERE owner = @Owner", new { response.Owner }, transaction);
        if (stored > maxBytes)
        {
            await connection.ExecuteAsync(
                """
                DELETE FROM responses WHERE id IN (
                    SELECT id FROM (
                        SELECT id, SUM(bytes) OVER (ORDER BY created DESC, id DESC) AS total FROM responses WHERE owner = @Owner AND id <> @Id
                    ) AS newest WHERE total > @room)
                """,
                new { response.Owner, response.Id, room = maxBytes - bytes },
                transaction);
        }
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Null: it is not there, has expired, or is another's.</summary>
    public async Task<StoredResponse?> FindAsync(string owner, string id, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(
            $"SELECT {Columns} FROM responses WHERE id = @id AND owner = @owner AND expires > @now", new { id, owner, now = now.ToUnixTimeMilliseconds() });
        return row?.ToResponse();
    }

    /// <summary>The response and all that it goes on from.</summary>
    /// <param name="maxBytes">Of all of them together.</param>
    public async Task<StoredConversation> ConversationAsync(string owner, string id, long maxBytes, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var rows = (await connection.QueryAsync<Row>(
            $"""
            WITH RECURSIVE turns (turn, before, place, total) AS (
                SELECT id, previous, 1, bytes FROM responses WHERE id = @id AND owner = @owner AND expires > @now
                UNION ALL
                SELECT r.id, r.previous, t.place + 1, t.total + r.bytes FROM responses r JOIN turns t ON r.id = t.before
                WHERE r.owner = @owner AND r.expires > @now AND t.place <= @maxTurns AND t.total <= @maxBytes
            )
            SELECT {Columns}, place, total FROM turns JOIN responses ON id = turn WHERE place <= @maxTurns AND total <= @maxBytes ORDER BY place DESC
            """,
            new { id, owner, maxBytes, maxTurns = MaxTurns, now = now.ToUnixTimeMilliseconds() })).AsList();
        if (rows is [{ Previous: null }, ..])
            return new StoredConversation.Found([.. rows.Select(row => row.ToResponse())]);
        // The next one is not there, or was not read because of a bound.
        string next = rows is [{ Previous: { } before }, ..] ? before : id;
        return await FindAsync(owner, next, now, ct) is null ? new StoredConversation.Missing(next) : new StoredConversation.TooLong();
    }

    /// <returns>False: it was not there, had expired, or is another's.</returns>
    public async Task<bool> DeleteAsync(string owner, string id, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.ExecuteAsync(
            "DELETE FROM responses WHERE id = @id AND owner = @owner AND expires > @now", new { id, owner, now = now.ToUnixTimeMilliseconds() }) > 0;
    }

    /// <summary>Removes some of those that have expired, so that others get their turn at the database between.</summary>
    /// <returns>True: there may be more.</returns>
    public async Task<bool> SweepAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.ExecuteAsync(
            "DELETE FROM responses WHERE id IN (SELECT id FROM responses WHERE expires <= @now LIMIT @most)",
            new { now = now.ToUnixTimeMilliseconds(), most = SweptAtOnce }) == SweptAtOnce;
    }

    private sealed record Row
    {
        public string Id { get; init; } = "";
        public string Owner { get; init; } = "";
        public string? Previous { get; init; }
        public long Created { get; init; }
        public long Expires { get; init; }
        public string Input { get; init; } = "";
        public string Response { get; init; } = "";

        public StoredResponse ToResponse() => new(
            Id, Owner, Previous, DateTimeOffset.FromUnixTimeMilliseconds(Created), DateTimeOffset.FromUnixTimeMilliseconds(Expires), Input, Response);
    }
}
