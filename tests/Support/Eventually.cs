using System.Diagnostics;

namespace Orrery.Testing;

/// <summary>Waits for a condition instead of sleeping; on timeout says what was last seen.</summary>
internal static class Eventually
{
    /// <param name="probe">Returns null while the condition does not hold; anything else ends the wait.</param>
    /// <param name="lastSeen">Describes the state for the timeout message.</param>
    /// <param name="within">Default 30 s: ten times what the slowest of these waits should take.</param>
    public static async Task<T> SeesAsync<T>(Func<Task<T?>> probe, Func<string> lastSeen, TimeSpan? within = null)
        where T : class
    {
        var bound = within ?? TimeSpan.FromSeconds(30);
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (await probe() is { } seen)
                return seen;
            if (clock.Elapsed > bound)
                throw new TimeoutException($"Not seen within {bound.TotalSeconds:0.#} s. Last: {lastSeen()}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public static Task TrueAsync(Func<bool> condition, Func<string> lastSeen, TimeSpan? within = null)
        => SeesAsync(() => Task.FromResult(condition() ? "yes" : null), lastSeen, within);
}
