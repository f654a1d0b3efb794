using Microsoft.Data.Sqlite;

namespace Orrery.Local.Store;

/// <summary>Connections to the database files of a home.</summary>
public static class SqliteConnections
{
    private const int BusySeconds = 5;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    /// <summary>
    /// An open connection: write-ahead log, a sync for each commit, foreign keys checked. Makes the file when it is not there.
    /// Opening it again is harmless, so that it serves where a factory of closed connections is asked for.
    /// </summary>
    /// <param name="pooled">False: closing the connection closes the file.</param>
    /// <exception cref="UnusableDatabaseException">The file cannot be opened, or is no database.</exception>
    public static SqliteConnection Open(string path, bool pooled = true)
    {
        SqliteNative.Ensure();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            DefaultTimeout = BusySeconds,
            Pooling = pooled,
        }.ToString());
        try
        {
            connection.Open();
            connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw Unusable(path, e);
        }
    }

    internal static void Execute(this SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    internal static object? Scalar(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    internal static UnusableDatabaseException Unusable(string path, SqliteException e) => e.SqliteErrorCode switch
    {
        Corrupt or NotADatabase => UnusableDatabaseException.Damaged(path, e.Message),
        _ => new UnusableDatabaseException($"{path} cannot be used: {e.Message}. Check that the folder is writable and that no other program holds the file.", e),
    };
}

/// <summary>A database file that is damaged, foreign or from a newer version. The message names the file and says what to do.</summary>
public sealed class UnusableDatabaseException(string message, Exception? inner = null) : Exception(message, inner)
{
    internal static UnusableDatabaseException Damaged(string path, string what)
        => new($"{path} is damaged or no database ({what}). Restore it from a backup, or move it away to start with an empty one.");
}
