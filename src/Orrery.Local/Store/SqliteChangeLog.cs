using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Orrery.Resources;
using Orrery.Resources.Store;

namespace Orrery.Local.Store;

/// <summary>
/// The resources of a home in one SQLite file: what exists now, and the last changes for watchers to resume over.
/// One Append is one transaction and one sync of the write-ahead log.
/// Objects of kinds that this version does not know stay in the file untouched.
/// </summary>
public sealed partial class SqliteChangeLog : IChangeLog
{
    // Old changes go in one sweep per so many new ones, not with every write.
    private const int SweepEvery = 256;

    private readonly string _path;
    private readonly int _history;
    private readonly ILogger _log;
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _remove;
    private readonly SqliteCommand _record;
    private readonly SqliteCommand _advance;
    private readonly SqliteCommand _sweep;
    private int _sinceSweep;

    /// <param name="history">Changes that are kept; up to 256 more lie in the file between sweeps.</param>
    /// <exception cref="UnusableDatabaseException">The file cannot be opened, is damaged, foreign, or from a newer version.</exception>
    public SqliteChangeLog(string path, ILogger<SqliteChangeLog> log, int history = ResourceStore.DefaultHistory)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(history, 1);
        _path = path;
        _history = history;
        _log = log;
        _connection = SqliteConnections.Open(path, pooled: false);
        try
        {
            SqliteSchema.Migrate(_connection, path);
        }
        catch (Exception e)
        {
            _connection.Dispose();
            if (e is SqliteException sqlite)
                throw SqliteConnections.Unusable(path, sqlite);
            throw;
        }

        _put = Command("INSERT OR REPLACE INTO objects VALUES ($api, $kind, $ns, $name, $document)", "$api", "$kind", "$ns", "$name", "$document");
        _remove = Command("DELETE FROM objects WHERE api_version = $api AND kind = $kind AND namespace = $ns AND name = $name", "$api", "$kind", "$ns", "$name");
        _record = Command("INSERT INTO changes VALUES ($version, $type, $api, $kind, $document)", "$version", "$type", "$api", "$kind", "$document");
        _advance = Command("UPDATE state SET version = $version", "$version");
        _sweep = Command("DELETE FROM changes WHERE version <= $version", "$version");
    }

    public LoadedLog Load()
    {
        try
        {
            long version = (long)_connection.Scalar("SELECT version FROM state")!;
            return new LoadedLog(version, LoadObjects(), LoadHistory(version));
        }
        catch (SqliteException e)
        {
            throw SqliteConnections.Unusable(_path, e);
        }
        catch (InvalidDocumentException e)
        {
            throw UnusableDatabaseException.Damaged(_path, e.Message);
        }
    }

    public void Append(IReadOnlyList<Change> changes)
    {
        if (changes.Count == 0)
            return;
        using var transaction = _connection.BeginTransaction();
        foreach (var change in changes)
        {
            var (document, key) = (change.Document, change.Document.Key);
            byte[] utf8 = document.Utf8.ToArray();
            if (change.Type == ChangeType.Deleted)
                Run(_remove, transaction, key.Kind.ApiVersion, key.Kind.Name, key.Namespace, key.Name);
            else
                Run(_put, transaction, key.Kind.ApiVersion, key.Kind.Name, key.Namespace, key.Name, utf8);
            Run(_record, transaction, change.Version, (long)change.Type, key.Kind.ApiVersion, key.Kind.Name, utf8);
        }

        long last = changes[^1].Version;
        Run(_advance, transaction, last);
        bool sweep = _sinceSweep + changes.Count >= SweepEvery;
        if (sweep)
            Run(_sweep, transaction, last - _history);
        transaction.Commit();
        _sinceSweep = sweep ? 0 : _sinceSweep + changes.Count;
    }

    public void Dispose()
    {
        foreach (var command in new[] { _put, _remove, _record, _advance, _sweep })
            command.Dispose();
        _connection.Dispose();
    }

    private List<Document> LoadObjects()
    {
        var objects = new List<Document>();
        var unknown = new Dictionary<(string ApiVersion, string Kind), int>();
        using var command = Command("SELECT api_version, kind, document FROM objects");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var kind = (reader.GetString(0), reader.GetString(1));
            if (Kinds.Find(kind.Item1, kind.Item2) is null)
                unknown[kind] = unknown.GetValueOrDefault(kind) + 1;
            else
                objects.Add(Document.Parse(reader.GetFieldValue<byte[]>(2)));
        }
        foreach (var ((apiVersion, kind), count) in unknown)
            LogUnknownKind(_log, _path, count, apiVersion, kind);
        return objects;
    }

    /// <summary>Newest first until something does not fit: history must have no gap, and a change of a kind that nobody knows would be one.</summary>
    private List<Change> LoadHistory(long version)
    {
        var newestFirst = new List<Change>();
        using var command = Command("SELECT version, type, api_version, kind, document FROM changes ORDER BY version DESC LIMIT $limit", "$limit");
        command.Parameters[0].Value = _history;
        using var reader = command.ExecuteReader();
        while (reader.Read() && reader.GetInt64(0) == version - newestFirst.Count && Kinds.Find(reader.GetString(2), reader.GetString(3)) is not null)
            newestFirst.Add(new Change(reader.GetInt64(0), (ChangeType)reader.GetInt32(1), Document.Parse(reader.GetFieldValue<byte[]>(4))));
        newestFirst.Reverse();
        return newestFirst;
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (string name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    private static void Run(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (int i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }

    [LoggerMessage(LogLevel.Warning, "{Path}: {Count} objects of kind {ApiVersion} {Kind} are left alone: this version does not know the kind")]
    private static partial void LogUnknownKind(ILogger log, string path, int count, string apiVersion, string kind);
}
