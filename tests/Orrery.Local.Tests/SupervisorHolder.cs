using Microsoft.Extensions.Logging.Abstractions;
using Orrery.Local.Supervision;

namespace Orrery.Local.Tests;

/// <summary><c>hold RUN LOG</c>: a parent as <c>up</c> is one. Has the supervisor start <see cref="Stubborn"/>, and waits to be killed.</summary>
internal static class SupervisorHolder
{
    /// <summary>Ignores TERM, reads no input, and starts others alike: in its session, in a session of its own, and an orphan.</summary>
    public const string Stubborn =
        "trap '' TERM HUP INT; sleep 1000 & setsid sh -c 'sleep 1001 & wait' & (setsid sleep 1002 &) ; echo started; while :; do sleep 0.2; done";

    public static async Task<int> RunAsync(string run, string log)
    {
        await using var client = new SupervisorClient([.. Program.Command, "supervise", run], TimeProvider.System, NullLogger.Instance);
        await foreach (var news in client.News.ReadAllAsync())
        {
            if (news is SupervisorNews.Up)
                client.TrySend(new SupervisorCommand.Start(Guid.NewGuid().ToString(), ["sh", "-c", Stubborn], new Dictionary<string, string>(), run, log));
        }
        return 0;
    }
}
