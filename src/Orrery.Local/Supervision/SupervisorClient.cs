using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Orrery.Local.Supervision;

/// <summary>What happens at the other end of the pipe.</summary>
internal abstract record SupervisorNews
{
    /// <summary>A supervisor is there, with no children.</summary>
    public sealed record Up : SupervisorNews;

    /// <summary>It is gone; so are its children once the next one is up.</summary>
    public sealed record Down : SupervisorNews;

    public sealed record Said(SupervisorEvent Event) : SupervisorNews;
}

/// <summary>Keeps a supervisor running and talks to it. Disposing closes the pipe, which ends the supervisor and all its children.</summary>
internal sealed partial class SupervisorClient : IAsyncDisposable
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EndWithin = Supervisor.Grace + TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<string> _command;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<SupervisorNews> _news = Channel.CreateBounded<SupervisorNews>(new BoundedChannelOptions(1024) { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private Channel<SupervisorCommand>? _commands;

    /// <param name="command">Program and arguments that run <see cref="Supervisor.RunAsync(string, TimeProvider)"/>.</param>
    public SupervisorClient(IReadOnlyList<string> command, TimeProvider time, ILogger log)
    {
        _command = command;
        _time = time;
        _log = log;
        _run = Task.Run(RunAsync);
    }

    /// <summary>To be read to its end by one reader.</summary>
    public ChannelReader<SupervisorNews> News => _news.Reader;

    /// <summary>False: no supervisor is there now; <see cref="SupervisorNews.Up"/> will say when.</summary>
    public bool TrySend(SupervisorCommand command) => Volatile.Read(ref _commands)?.Writer.TryWrite(command) ?? false;

    /// <summary>Back when the supervisor ended, which means that all children did, or after 4 s.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var backoff = FirstBackoff;
        try
        {
            while (true)
            {
                long start = _time.GetTimestamp();
                try
                {
                    await RunOneAsync();
                }
                catch (Exception e) when (!_stop.IsCancellationRequested)
                {
                    // Whatever it is: without a supervisor nothing runs, so another one is tried.
                    LogLost(_log, e);
                    await _news.Writer.WriteAsync(new SupervisorNews.Down(), _stop.Token);
                }
                backoff = _time.GetElapsedTime(start) > TimeSpan.FromMinutes(1) ? FirstBackoff : backoff;
                LogRestart(_log, backoff.TotalSeconds);
                await Task.Delay(backoff, _time, _stop.Token);
                backoff = backoff * 2 < MaxBackoff ? backoff * 2 : MaxBackoff;
            }
        }
        catch (Exception e) when (_stop.IsCancellationRequested)
        {
            if (e is not OperationCanceledException)
                LogLost(_log, e);
        }
        finally
        {
            _news.Writer.TryComplete();
        }
    }

    private async Task RunOneAsync()
    {
        using var process = new Process { StartInfo = StartInfo() };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            LogCannotStart(_log, _command[0], e.Message);
            return;
        }

        var commands = Channel.CreateBounded<SupervisorCommand>(1024);
        var writing = WriteAsync(process.StandardInput, commands.Reader);
        var complaints = LogComplaintsAsync(process.StandardError);
        try
        {
            Volatile.Write(ref _commands, commands);
            await _news.Writer.WriteAsync(new SupervisorNews.Up(), _stop.Token);
            while (await process.StandardOutput.ReadLineAsync(_stop.Token) is { } line)
            {
                if (Parse(line) is { } said)
                    await _news.Writer.WriteAsync(new SupervisorNews.Said(said), _stop.Token);
            }
            Volatile.Write(ref _commands, null);
            await _news.Writer.WriteAsync(new SupervisorNews.Down(), _stop.Token);
        }
        finally
        {
            Volatile.Write(ref _commands, null);
            commands.Writer.TryComplete();
            await Task.WhenAny(writing, Task.Delay(EndWithin, _time));
            await EndAsync(process);
            await complaints;
        }
    }

    private SupervisorEvent? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, SupervisorJson.Default.SupervisorEvent);
        }
        catch (JsonException)
        {
            LogComplaint(_log, line);
            return null;
        }
    }

    private static async Task WriteAsync(StreamWriter input, ChannelReader<SupervisorCommand> commands)
    {
        try
        {
            await foreach (var command in commands.ReadAllAsync())
            {
                await input.WriteLineAsync(JsonSerializer.Serialize(command, SupervisorJson.Default.SupervisorCommand));
                await input.FlushAsync();
            }
            input.Close();
        }
        catch (IOException)
        {
            // It is gone; the end of its output says so too.
        }
    }

    private async Task EndAsync(Process process)
    {
        try
        {
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(EndWithin, _time);
        }
        catch (TimeoutException)
        {
            LogKilled(_log, process.Id);
            process.Kill();
        }
    }

    private async Task LogComplaintsAsync(StreamReader error)
    {
        while (await error.ReadLineAsync() is { } line)
            LogComplaint(_log, line);
    }

    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo(_command[0], _command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        return start;
    }

    [LoggerMessage(LogLevel.Error, "The supervisor '{Program}' cannot be started: {Problem}")]
    private static partial void LogCannotStart(ILogger log, string program, string problem);

    [LoggerMessage(LogLevel.Error, "The supervisor was lost")]
    private static partial void LogLost(ILogger log, Exception exception);

    [LoggerMessage(LogLevel.Warning, "The supervisor ended; another one starts in {Seconds} s")]
    private static partial void LogRestart(ILogger log, double seconds);

    [LoggerMessage(LogLevel.Warning, "The supervisor {Pid} did not end and was killed")]
    private static partial void LogKilled(ILogger log, int pid);

    [LoggerMessage(LogLevel.Warning, "supervisor: {Line}")]
    private static partial void LogComplaint(ILogger log, string line);
}
