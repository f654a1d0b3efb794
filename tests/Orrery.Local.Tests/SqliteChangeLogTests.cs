using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Local.Store;
using Orrery.Resources;
using Orrery.Resources.Standard;
using Orrery.Resources.Store;

namespace Orrery.Local.Tests;

public sealed class SqliteChangeLogTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string DatabasePath => _folder.File("resources.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_empty_log_is_at_version_zero()
    {
        using var log = Open();

        var loaded = log.Load();

        Assert.Equal(0, loaded.Version);
        Assert.Empty(loaded.Objects);
        Assert.Empty(loaded.History);
    }

    [Fact]
    public void The_last_version_stays_when_nothing_else_does()
    {
        using (var log = Open(history: 1))
        {
            log.Append([Added(1, "a"), new Change(2, ChangeType.Deleted, Secret("a", 2))]);
        }
        Sql("DELETE FROM changes");

        using var reopened = Open(history: 1);

        Assert.Equal(2, reopened.Load().Version);
        Assert.Empty(reopened.Load().Objects);
    }

    [Fact]
    public void A_failed_append_leaves_nothing_changed()
    {
        using var log = Open();
        log.Append([Added(1, "a")]);

        // The second change repeats a version that is taken, after the first could be written.
        Assert.Throws<SqliteException>(() => log.Append([Added(2, "b"), Added(1, "c")]));

        var loaded = log.Load();
        Assert.Equal(1, loaded.Version);
        Assert.Equal("a", Assert.Single(loaded.Objects).Metadata.Name);
        Assert.Single(loaded.History);
        log.Append([Added(2, "b")]);
        Assert.Equal(2, log.Load().Version);
    }

    [Fact]
    public void History_is_bounded_in_the_file_and_exact_when_loaded()
    {
        using var log = Open(history: 10);
        for (int version = 1; version <= 1000; version++)
            log.Append([Added(version, "a")]);

        Assert.Equal(Enumerable.Range(991, 10).Select(v => (long)v), log.Load().History.Select(c => c.Version));
        Assert.InRange(Convert.ToInt64(Sql("SELECT COUNT(*) FROM changes"), CultureInfo.InvariantCulture), 10, 10 + 256);
    }

    [Fact]
    public void Objects_of_kinds_from_the_future_are_kept_and_named_in_a_warning()
    {
        using (var log = Open())
            log.Append([Added(1, "a"), Added(2, "b"), Added(3, "c")]);
        Sql("UPDATE objects SET kind = 'Hologram' WHERE name = 'a'; UPDATE changes SET kind = 'Hologram' WHERE version = 2");
        var warnings = new ListLogger();

        using (var log = new SqliteChangeLog(DatabasePath, warnings))
        {
            var loaded = log.Load();

            Assert.Equal(["b", "c"], loaded.Objects.Select(d => d.Metadata.Name));
            Assert.Equal([3L], loaded.History.Select(c => c.Version));
            Assert.Contains("v1 Hologram", Assert.Single(warnings.Lines));
            log.Append([Added(4, "d")]);
        }

        Assert.Equal(1L, Sql("SELECT COUNT(*) FROM objects WHERE kind = 'Hologram' AND name = 'a'"));
    }

    [Fact]
    public void A_file_that_is_no_database_is_named_with_what_to_do()
    {
        File.WriteAllText(DatabasePath, new string('x', 8192));

        var error = Assert.Throws<UnusableDatabaseException>(() => Open());

        Assert.Contains(DatabasePath, error.Message);
        Assert.Contains("backup", error.Message);
    }

    [Fact]
    public void A_damaged_database_is_named_with_what_to_do()
    {
        using (var log = Open())
        {
            for (int version = 1; version <= 200; version++)
                log.Append([Added(version, $"s{version}")]);
        }
        byte[] bytes = File.ReadAllBytes(DatabasePath);
        bytes.AsSpan(bytes.Length / 3, 12_000).Fill(0x5A);
        File.WriteAllBytes(DatabasePath, bytes);

        var error = Assert.Throws<UnusableDatabaseException>(() => Open());

        Assert.Contains(DatabasePath, error.Message);
        Assert.Contains("backup", error.Message);
    }

    [Fact]
    public void A_database_of_another_program_is_refused_untouched()
    {
        Sql("CREATE TABLE songs (title TEXT)");

        Assert.Contains("another program", Assert.Throws<UnusableDatabaseException>(() => Open()).Message);

        Assert.Equal(1L, Sql("SELECT COUNT(*) FROM sqlite_master"));
    }

    [Fact]
    public void A_database_of_a_newer_version_is_refused()
    {
        Open().Dispose();
        Sql("PRAGMA user_version = 99");

        Assert.Contains("newer version", Assert.Throws<UnusableDatabaseException>(() => Open()).Message);
    }

    [Fact]
    public void A_connection_writes_ahead_and_syncs_each_commit()
    {
        using var connection = SqliteConnections.Open(_folder.File("other.db"));

        connection.Open();

        Assert.Equal("wal", connection.Scalar("PRAGMA journal_mode"));
        Assert.Equal(2L, connection.Scalar("PRAGMA synchronous"));
    }

    private SqliteChangeLog Open(int history = 100) => new(DatabasePath, NullLogger<SqliteChangeLog>.Instance, history);

    private static Change Added(long version, string name) => new(version, ChangeType.Added, Secret(name, version));

    private static Document Secret(string name, long version) => Document.From(new Secret
    {
        Metadata = new Metadata { Name = name, Namespace = "default", Uid = name, ResourceVersion = $"{version}" },
    });

    private object? Sql(string sql)
    {
        using var connection = SqliteConnections.Open(DatabasePath, pooled: false);
        return connection.Scalar(sql);
    }

    private sealed class ListLogger : ILogger<SqliteChangeLog>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => Lines.Add(formatter(state, exception));
    }
}
