using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Orrery.Local.Supervision;
using Orrery.Local.Tests.Limits;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Tests;

/// <summary>Replicas and supervisors that are killed again and again.</summary>
public sealed partial class ProcessRuntimeTests
{
    private const int Kills = 50;

    [Fact]
    public async Task Fifty_kills_of_replicas_and_supervisors_end_in_the_declared_state_with_nothing_left_over()
    {
        // Seeded, though what a kill hits is up to the machine.
        var random = new Random(8);
        bool limited = Program.ThisMachine.Has("memory");
        var resources = limited ? new WorkloadResources(1L << 30, null, null) : WorkloadResources.Unlimited;
        await using var seen = Watch();
        await _runtime.ApplyAsync(Serving("a", replicas: 2) with { Resources = resources }, Ct);
        await _runtime.ApplyAsync(Serving("b") with { Process = new ProcessTemplate { Command = ["orrery", "serve", "--port", "$(PORT)", "--of", _home.Run] } }, Ct);
        await ReadyAsync(seen, "a", 2);
        await ReadyAsync(seen, "b", 1);

        var addresses = new HashSet<string>();
        for (int kill = 0; kill < Kills; kill++)
        {
            // Sometimes while they start, sometimes when all serve.
            await Eventually.TrueAsync(() => Running("supervise").Any() && Running("serve").Any(), () => $"after kill {kill} nothing runs");
            if (random.Next(3) == 0)
                await Eventually.TrueAsync(() => Latest(seen, "a")?.Ready > 0, () => $"after kill {kill} no replica of a is ready");
            addresses.UnionWith(seen.Of("a").Concat(seen.Of("b")).SelectMany(s => s.Replicas).Select(r => r.Address).OfType<string>());
            int[] targets = [.. Running(random.Next(4) == 0 ? "supervise" : "serve")];
            if (targets.Length > 0)
                Posix.Signal(targets[random.Next(targets.Length)], Posix.SigKill);
        }

        // A supervisor that was killed again and again is started after a pause of up to ten seconds.
        await DeclaredAsync(seen, "a", 2);
        await DeclaredAsync(seen, "b", 1);
        await Eventually.TrueAsync(() => Running("serve").Count() == 3 && Running("supervise").Count() == 1, () => $"{Running("serve").Count()} servers, {Running("supervise").Count()} supervisors");
        Assert.Equal(2, Directory.GetFiles(_home.Run, "*.sock").Length);
        Assert.Equal(3, Directory.GetFiles(_home.Run, "*.pid").Length);
        Assert.Equal(limited ? 2 : 0, Groups().Select(Path.GetFileName).Distinct().Count());

        await _runtime.DisposeAsync();
        await Eventually.TrueAsync(() => !Running("serve").Any() && !Running("supervise").Any(), () => "processes are left");
        Assert.Empty(Directory.GetFiles(_home.Run));
        Assert.Empty(LimitGroupsOf.Home(LimitGroupsOf.Bases(Program.ThisMachine), _home.Run));
        addresses.UnionWith(seen.Of("b").SelectMany(s => s.Replicas).Select(r => r.Address).OfType<string>());
        Assert.All(addresses.Where(a => a.StartsWith("http:", StringComparison.Ordinal)), IsFree);
    }

    private IEnumerable<string> Groups() => LimitGroupsOf.Home(LimitGroupsOf.Bases(Program.ThisMachine), _home.Run).SelectMany(Directory.GetDirectories);

    private static WorkloadState? Latest(Seen seen, string name) => seen.Of(name).LastOrDefault();

    private static Task DeclaredAsync(Seen seen, string name, int count) => Eventually.TrueAsync(
        () => Latest(seen, name) is { } s && s.Ready == count && s.Replicas.Count == count, () => $"{Latest(seen, name)} {string.Join(", ", Latest(seen, name)!.Replicas)}", TimeSpan.FromMinutes(2));

    private static void IsFree(string address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, int.Parse(address[(address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture)));
    }
}
