using Orrery.EndToEnd.Support;

[assembly: AssemblyFixture(typeof(SharedUp))]

// Of most tests most of the time goes by waiting: for a replica, a drain, a deadline, another program.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace Orrery.EndToEnd.Support;

/// <summary>One <c>orrery up</c> in an empty home for all tests that do not break it; it serves <c>stories</c> too, whose texts are known.</summary>
public sealed class SharedUp : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    internal UpProcess Up { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Up = await UpProcess.StartAsync(_folder.File("home"));
        await Up.ServeStoriesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Up.DisposeAsync();
        _folder.Dispose();
    }
}
