using System.Diagnostics;
using Orrery.Local.Supervision;

namespace Orrery.Local.Tests;

/// <summary>What a store acknowledged is there after a kill, whenever it comes.</summary>
public sealed class KillTests : IDisposable
{
    private const int Kills = 200;
    private const int Writers = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_hundred_kills_at_random_points_lose_nothing_that_was_acknowledged()
    {
        // Seeded, though what a delay hits is up to the machine.
        var random = new Random(7);
        int[] acknowledged = [.. Enumerable.Repeat(-1, Writers)];
        int steps = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            int before = acknowledged.Sum();
            await LiveAndDieAsync(acknowledged, random, $"after kill {kill}");
            steps += acknowledged.Sum() - before;
        }

        Assert.True(steps >= Kills, $"only {steps} steps in {Kills} lives");
    }

    /// <summary>One life: looks at what the last one left, writes, is killed. Raises <paramref name="acknowledged"/> by what it said was done.</summary>
    private async Task LiveAndDieAsync(int[] acknowledged, Random random, string when)
    {
        var start = new ProcessStartInfo(Program.Command[0], [.. Program.Command.Skip(1), "scribble", _folder.File("resources.db"), .. acknowledged.Select(step => $"{step}")])
        {
            RedirectStandardOutput = true,
        };
        using var life = Process.Start(start)!;
        using var late = new CancellationTokenSource(Patience);
        try
        {
            // Every fourth dies while it starts, which is when the log of the last life is read.
            if (random.Next(4) == 0)
                await Task.Delay(random.Next(400), late.Token);
            else
                await NoteAsync(life, Writers + random.Next(200), acknowledged, when, late.Token);
        }
        finally
        {
            Posix.Signal(life.Id, Posix.SigKill);
        }
        await NoteAsync(life, int.MaxValue, acknowledged, when, late.Token);
        await life.WaitForExitAsync(late.Token);
    }

    private static async Task NoteAsync(Process life, int lines, int[] acknowledged, string when, CancellationToken ct)
    {
        while (lines-- > 0 && await life.StandardOutput.ReadLineAsync(ct) is { } line)
            Note(line, acknowledged, when);
    }

    private static void Note(string line, int[] acknowledged, string when)
    {
        string[] words = line.Split(' ');
        int writer = int.Parse(words[1]);
        int last = acknowledged[writer];
        if (words[0] == "done")
        {
            acknowledged[writer] = int.Parse(words[2]);
            return;
        }
        int? found = words[2] == "none" ? null : int.Parse(words[2]);
        // The step that was under way may have been done or not; nobody was told.
        Assert.True(
            found == Scribbler.After(last) || found == Scribbler.After(last + 1),
            $"{when} writer {writer} found {words[2]}, and step {last} was acknowledged");
        // What was once found is to be found again.
        acknowledged[writer] = found == Scribbler.After(last) ? last : last + 1;
    }
}
