using System.Data.Common;
using Dapper;

namespace Orrery.Platform.Database;

/// <summary>The database of people, keys, stored responses and usage: SQLite or PostgreSQL, whichever the caller connects to. SQL here is what both understand.</summary>
public sealed class PlatformDatabase
{
    // The order is the history: a released step is never changed, only followed.
    private static readonly string[] Migrations = ["001-keys.sql", "002-responses.sql"];

    private readonly Func<DbConnection> _connect;

    private PlatformDatabase(Func<DbConnection> connect) => _connect = connect;

    /// <summary>Brings the tables up to date.</summary>
    public static async Task<PlatformDatabase> OpenAsync(Func<DbConnection> connect, CancellationToken ct)
    {
        var database = new PlatformDatabase(connect);
        await using var connection = await database.OpenAsync(ct);
        await connection.ExecuteAsync("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)");
        var done = (await connection.QueryAsync<string>("SELECT name FROM migrations")).ToHashSet();
        foreach (string name in Migrations.Where(m => !done.Contains(m)))
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await connection.ExecuteAsync(Text(name), transaction: transaction);
            await connection.ExecuteAsync("INSERT INTO migrations (name) VALUES (@name)", new { name }, transaction);
            await transaction.CommitAsync(ct);
        }
        return database;
    }

    public async Task<DbConnection> OpenAsync(CancellationToken ct)
    {
        var connection = _connect();
        await connection.OpenAsync(ct);
        return connection;
    }

    private static string Text(string name)
    {
        using var stream = typeof(PlatformDatabase).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The migration {name} is not embedded in this build.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
