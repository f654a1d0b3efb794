using System.Text;
using Microsoft.Extensions.Logging;
using Orrery.Local.Supervision;

namespace Orrery.Local.Logging;

/// <summary>The log of <c>up</c> itself, in the same bounded files and format as those of replicas: <c>PATH.0</c>, <c>PATH.1</c>, …</summary>
public sealed class FileLoggerProvider(string path, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _lock = new();
    private readonly LogFile _file = new(path, time);

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
        lock (_lock)
            _file.Dispose();
    }

    private void Write(LogLevel level, string category, string message, Exception? exception)
    {
        string text = $"{level} {category}: {message}{(exception is null ? "" : $" {exception}")}".ReplaceLineEndings(" | ");
        lock (_lock)
        {
            _file.Add(Encoding.UTF8.GetBytes(text), isError: level >= LogLevel.Warning, goesOn: false);
            _file.Flush();
        }
    }

    private sealed class Category(FileLoggerProvider file, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
            => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                file.Write(logLevel, name, formatter(state, exception), exception);
        }
    }
}
