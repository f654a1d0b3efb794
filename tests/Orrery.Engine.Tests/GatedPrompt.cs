using System.Collections;

namespace Orrery.Engine.Tests;

/// <summary>
/// A prompt whose tokens the worker gets one at a time, when the test says so. That holds a sequence at a known step without
/// sleeping: <see cref="IReadOnlyList{T}.this"/> is what the worker calls, the checks before it enumerate.
/// </summary>
internal sealed class GatedPrompt(int length) : IReadOnlyList<int>
{
    private readonly object _gate = new();
    private int _open;                                                   // tokens that may still be taken
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _taken;

    /// <summary>The worker asked for the first token.</summary>
    public Task Started => _started.Task;

    /// <summary>Tokens that the worker asked for.</summary>
    public int Taken => Volatile.Read(ref _taken);

    public int Count { get; } = length;

    public int this[int index]
    {
        get
        {
            Interlocked.Increment(ref _taken);
            _started.TrySetResult();
            lock (_gate)
            {
                while (_open == 0)
                    Assert.True(Monitor.Wait(_gate, TimeSpan.FromSeconds(30)), "the test never opened the gate");
                _open--;
            }
            return 1;
        }
    }

    public void Open(int tokens)
    {
        lock (_gate)
        {
            _open += tokens;
            Monitor.PulseAll(_gate);
        }
    }

    public IEnumerator<int> GetEnumerator() => Enumerable.Repeat(1, Count).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
