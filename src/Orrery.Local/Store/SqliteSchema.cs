using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Orrery.Local.Store;

/// <summary>The tables of <c>resources.db</c>, brought up to date in numbered steps.</summary>
internal static class SqliteSchema
{
    /// <summary>"orry": tells our file from anybody else's.</summary>
    private const int ApplicationId = 0x6F727279;

    // A step's place in the list is its number, which the file carries as user_version. A released step is never changed, only followed.
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE state (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL);
        INSERT INTO state (only, version) VALUES (1, 0);
        CREATE TABLE objects (
            api_version TEXT NOT NULL,
            kind        TEXT NOT NULL,
            namespace   TEXT NOT NULL,
            name        TEXT NOT NULL,
            document    BLOB NOT NULL,
            PRIMARY KEY (api_version, kind, namespace, name)
        ) WITHOUT ROWID;
        CREATE TABLE changes (version INTEGER PRIMARY KEY, type INTEGER NOT NULL, api_version TEXT NOT NULL, kind TEXT NOT NULL, document BLOB NOT NULL);
        """,
    ];

    /// <exception cref="UnusableDatabaseException">Damaged, foreign, or written by a newer version.</exception>
    public static void Migrate(SqliteConnection connection, string path)
    {
        if (connection.Scalar("PRAGMA quick_check(1)") is not "ok" and var damage)
            throw UnusableDatabaseException.Damaged(path, damage?.ToString() ?? "no answer");

        long application = Number(connection, "PRAGMA application_id");
        bool empty = Number(connection, "SELECT COUNT(*) FROM sqlite_master") == 0;
        if (application != ApplicationId && !empty)
            throw new UnusableDatabaseException($"{path} is a database of another program. Move it away, or choose another home folder.");

        long done = Number(connection, "PRAGMA user_version");
        if (done > Steps.Length)
            throw new UnusableDatabaseException($"{path} was written by a newer version of orrery (schema {done}, known up to {Steps.Length}). Run that version.");

        for (long step = done; step < Steps.Length; step++)
        {
            using var transaction = connection.BeginTransaction();
            connection.Execute($"{Steps[step]} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {step + 1};", transaction);
            transaction.Commit();
        }
    }

    private static long Number(SqliteConnection connection, string sql) => Convert.ToInt64(connection.Scalar(sql), CultureInfo.InvariantCulture);
}
