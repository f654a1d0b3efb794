using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orrery.Local.Workloads;

namespace Orrery.Local.Tests;

/// <summary>Keeps what a runtime logs.</summary>
internal sealed class LinesLogger : ILogger<ProcessRuntime>
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => Lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}\n");
}
