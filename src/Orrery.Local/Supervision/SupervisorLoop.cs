using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;
using Orrery.Local.Limits;

namespace Orrery.Local.Supervision;

/// <summary>The loop of <see cref="Supervisor"/>.</summary>
internal sealed class SupervisorLoop : IDisposable
{
    private static readonly TimeSpan KillFor = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LookAtLeastEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly PidFiles _pidFiles;
    private readonly LimitGroups _groups;
    private readonly Dictionary<string, Child> _children = new(StringComparer.Ordinal);
    private readonly Channel<Message> _messages = Channel.CreateBounded<Message>(1024);
    private readonly Channel<SupervisorEvent> _events = Channel.CreateBounded<SupervisorEvent>(4096);
    private readonly CancellationTokenSource _ending = new();

    public SupervisorLoop(string runFolder, LimitForm limits, TimeProvider time)
    {
        _time = time;
        _pidFiles = new PidFiles(runFolder);
        _groups = new LimitGroups(limits, runFolder);
    }

    private abstract record Message
    {
        public sealed record Told(SupervisorCommand Command) : Message;

        public sealed record Reap : Message;

        public sealed record LookAround : Message;

        public sealed record GraceOver(Child Child) : Message;

        public sealed record LogWritten(string Id) : Message;
    }

    public async Task<int> RunAsync(Stream input, Stream output)
    {
        // The terminal sends Ctrl-C and its own end to everybody; whether that ends the children is for `up` to say.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            _ending.Cancel();
        });
        using var childEnded = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => _messages.Writer.TryWrite(new Message.Reap()));
        await using var lookTimer = _time.CreateTimer(_ => _messages.Writer.TryWrite(new Message.LookAround()), null, LookAtLeastEvery, LookAtLeastEvery);

        // :: Step 1
        await _pidFiles.KillLeftoversAsync(_time);
        await _groups.RemoveLeftoversAsync(_time);

        // :: Step 2. The reader stays behind blocked on its pipe when the end comes as a signal; the process ends over it.
        _ = Task.Run(() => ReadCommandsAsync(input));
        var writing = Task.Run(() => WriteEventsAsync(output));
        try
        {
            await foreach (var message in _messages.Reader.ReadAllAsync(_ending.Token))
                Handle(message);
        }
        catch (OperationCanceledException)
        {
            // The end was asked for.
        }

        // :: Step 3
        bool clean = await EndAllAsync();
        await _groups.RemoveLeftoversAsync(_time);
        _events.Writer.TryComplete();
        await Task.WhenAny(writing, Task.Delay(Step * 10, _time));
        return clean ? 0 : 1;
    }

    public void Dispose() => _ending.Dispose();

    private void Handle(Message message)
    {
        switch (message)
        {
            case Message.Told { Command: SupervisorCommand.Start start }:
                Start(start);
                break;
            case Message.Told { Command: SupervisorCommand.Stop stop }:
                Stop(stop);
                break;
            case Message.GraceOver over:
                over.Child.KillAll();
                break;
            case Message.Reap:
                Reap();
                break;
            case Message.LookAround:
                Reap();
                EndHalfKilled();
                break;
            case Message.LogWritten written when _children.TryGetValue(written.Id, out var child):
                child.LogWritten = true;
                ReportIfOver(child);
                break;
        }
    }

    private void Start(SupervisorCommand.Start start)
    {
        if (_children.ContainsKey(start.Id))
        {
            Say(new SupervisorEvent.Failed(start.Id, "it runs already"));
            return;
        }
        // Waits for room: the word that a log is complete must not be lost.
        var (child, problem) = Child.Start(start, _time, _pidFiles, _groups, () => _messages.Writer.WriteAsync(new Message.LogWritten(start.Id)).AsTask().Wait(KillFor));
        if (child is null)
        {
            Say(new SupervisorEvent.Failed(start.Id, problem));
            return;
        }
        _children.Add(start.Id, child);
        Say(new SupervisorEvent.Started(start.Id, child.Pid, child.Group.Plan.NotHeld));
    }

    private void Stop(SupervisorCommand.Stop stop)
    {
        if (!_children.TryGetValue(stop.Id, out var child) || child.Exit is not null || child.Grace is not null)
            return;
        child.Terminate();
        child.Grace = _time.CreateTimer(
            _ => _messages.Writer.TryWrite(new Message.GraceOver(child)), null, TimeSpan.FromMilliseconds(Math.Max(0, stop.GraceMs)), LookAtLeastEvery);
    }

    /// <returns>True: nothing is left to reap, now or later.</returns>
    private bool Reap()
    {
        while (true)
        {
            var exit = Posix.Reap(out bool none);
            if (exit is null)
            {
                _groups.RemoveDiscarded();
                return none;
            }
            // A pid that is not ours was an orphan that came to us.
            if (_children.Values.FirstOrDefault(c => c.Pid == exit.Pid && c.Exit is null) is not { } child)
                continue;
            child.Ended(exit);
            _groups.Discard(child.Group);
            _pidFiles.Remove(child.Id);
            ReportIfOver(child);
        }
    }

    /// <summary>
    /// What is left of a replica that lost a process to its limit is of no use to anybody. The kernel ends all of it in version 2; in
    /// version 1 it takes one process, and this the others.
    /// </summary>
    private void EndHalfKilled()
    {
        foreach (var child in _children.Values.Where(c => c is { Exit: null, Grace: null } && c.Group.OomKills() > 0))
            child.KillAll();
    }

    private void ReportIfOver(Child child)
    {
        if (child is not { Exit: { } exit, LogWritten: true })
            return;
        _children.Remove(child.Id);
        child.Dispose();
        Say(new SupervisorEvent.Exited(child.Id, exit.Code, exit.Signal, child.IsOomKilled));
    }

    /// <returns>False: something did not even die of KILL in time.</returns>
    private async Task<bool> EndAllAsync()
    {
        foreach (var child in _children.Values.Where(c => c.Exit is null))
            child.Terminate();
        long start = _time.GetTimestamp();
        while (_time.GetElapsedTime(start) < Supervisor.Grace)
        {
            if (Reap())
                return true;
            await Task.Delay(Step, _time);
        }

        // One look misses what is being forked, so it is repeated.
        while (_time.GetElapsedTime(start) < Supervisor.Grace + KillFor)
        {
            foreach (var process in ProcessTable.DescendantsOf(Environment.ProcessId, ProcessTable.Read()))
                Posix.Signal(process.Pid, Posix.SigKill);
            if (Reap())
                return true;
            await Task.Delay(Step, _time);
        }
        return false;
    }

    private async Task ReadCommandsAsync(Stream input)
    {
        try
        {
            using var reader = new StreamReader(input);
            while (await reader.ReadLineAsync() is { } line)
            {
                if (JsonSerializer.Deserialize(line, SupervisorJson.Default.SupervisorCommand) is { } command)
                    await _messages.Writer.WriteAsync(new Message.Told(command), _ending.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or JsonException)
        {
            // Whoever talks like this is not `up`, or is gone.
        }
        finally
        {
            await _ending.CancelAsync();
        }
    }

    private async Task WriteEventsAsync(Stream output)
    {
        try
        {
            await foreach (var said in _events.Reader.ReadAllAsync())
                await output.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(said, SupervisorJson.Default.SupervisorEvent), (byte)'\n']);
        }
        catch (IOException)
        {
            await _ending.CancelAsync();
        }
    }

    /// <summary>Nobody who listens is thousands of events behind: then it ends as if the pipe had.</summary>
    private void Say(SupervisorEvent said)
    {
        if (!_events.Writer.TryWrite(said))
            _ending.Cancel();
    }
}
