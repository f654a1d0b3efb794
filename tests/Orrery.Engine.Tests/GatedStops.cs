using System.Collections;

namespace Orrery.Engine.Tests;

/// <summary>Stop strings that hold the worker when it looks at them for the n-th time: once when the request is checked, then twice a step.</summary>
internal sealed class GatedStops(int holdAt) : IReadOnlyList<string>
{
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new();
    private int _looks;

    /// <summary>The worker stands before the gate.</summary>
    public Task Held => _held.Task;

    public int Looks => Volatile.Read(ref _looks);

    public int Count => 1;

    public string this[int index]
    {
        get
        {
            Look();
            return "never there";
        }
    }

    public void Open() => _open.SetResult();

    public IEnumerator<string> GetEnumerator()
    {
        Look();
        return Enumerable.Repeat("never there", 1).GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Look()
    {
        if (Interlocked.Increment(ref _looks) != holdAt)
            return;
        _held.SetResult();
        Assert.True(_open.Task.Wait(TimeSpan.FromSeconds(30)), "the test never opened the gate");
    }
}
