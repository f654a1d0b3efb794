using System.Collections.Frozen;
using System.Security.Cryptography;
using Dapper;
using Orrery.Platform.Access;
using Orrery.Platform.Database;

namespace Orrery.Platform.Keys;

/// <summary>
/// The keys that open the doors. Records hold a salted hash, never the key. Requests read one immutable table and touch no database.
/// </summary>
public sealed class KeyRing
{
    private readonly PlatformDatabase _database;
    private FrozenDictionary<string, KeyRecord> _byId = FrozenDictionary<string, KeyRecord>.Empty;

    private KeyRing(PlatformDatabase database) => _database = database;

    public static async Task<KeyRing> OpenAsync(PlatformDatabase database, CancellationToken ct)
    {
        var ring = new KeyRing(database);
        await ring.ReloadAsync(ct);
        return ring;
    }

    /// <summary>Who holds this key; null for a key that is unknown or malformed. Compared in constant time.</summary>
    public Caller? Find(string? key)
    {
        if (key is null || KeyText.IdOf(key) is not { } id || !Volatile.Read(ref _byId).TryGetValue(id, out var record))
            return null;
        return CryptographicOperations.FixedTimeEquals(KeyText.Hash(record.Salt, key), record.Hash)
            ? new Caller(record.Name, record.Role) { Credential = $"KEY={record.Id}" }
            : null;
    }

    /// <summary>Makes a key; the answer is the only time that it is seen. An earlier key of the same name stops working.</summary>
    public async Task<string> IssueAsync(string name, string role, DateTimeOffset now, CancellationToken ct)
    {
        string key = KeyText.New();
        byte[] salt = RandomNumberGenerator.GetBytes(16);
        await using var connection = await _database.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await connection.ExecuteAsync("DELETE FROM keys WHERE name = @name", new { name }, transaction);
        await connection.ExecuteAsync(
            "INSERT INTO keys (id, name, role, salt, hash, created) VALUES (@id, @name, @role, @salt, @hash, @created)",
            new
            {
                id = KeyText.IdOf(key),
                name,
                role,
                salt = Convert.ToHexStringLower(salt),
                hash = Convert.ToHexStringLower(KeyText.Hash(salt, key)),
                created = now.ToUnixTimeSeconds(),
            },
            transaction);
        await transaction.CommitAsync(ct);
        await ReloadAsync(ct);
        return key;
    }

    private async Task ReloadAsync(CancellationToken ct)
    {
        await using var connection = await _database.OpenAsync(ct);
        var rows = await connection.QueryAsync<KeyRow>("SELECT id, name, role, salt, hash FROM keys");
        var records = rows.Select(r => new KeyRecord(r.Id, r.Name, r.Role, Convert.FromHexString(r.Salt), Convert.FromHexString(r.Hash)));
        Volatile.Write(ref _byId, records.ToFrozenDictionary(r => r.Id, StringComparer.Ordinal));
    }

    private sealed record KeyRecord(string Id, string Name, string Role, byte[] Salt, byte[] Hash);

    /// <summary>As it lies in the table: salt and hash in hex, since the two databases spell binary columns differently.</summary>
    private sealed record KeyRow
    {
        public string Id { get; init; } = "";
        public string Name { get; init; } = "";
        public string Role { get; init; } = "";
        public string Salt { get; init; } = "";
        public string Hash { get; init; } = "";
    }
}
