using Orrery.Local.Home;
using Orrery.Local.Workloads;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Tests;

public sealed class DeadLogsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Logs_go_after_a_day_and_the_oldest_when_there_are_too_many()
    {
        DeadLog[] dead =
        [
            new("young", Now.AddHours(-1), DeadLogs.MaxBytes / 2),
            new("older", Now.AddHours(-2), DeadLogs.MaxBytes / 2),
            new("too much", Now.AddHours(-3), 1),
            new("too old", Now.AddHours(-25), 1),
        ];

        Assert.Equal(["too much", "too old"], DeadLogs.Doomed(dead, Now).Select(d => d.Folder));
        Assert.Empty(DeadLogs.Doomed(dead[..2], Now));
    }

    [Fact]
    public void Only_logs_of_workloads_that_are_gone_are_removed()
    {
        using var folder = new TempFolder();
        var home = HomeFolder.Open(folder.File("home"));
        string living = Write(home, "team", "living"), dead = Write(home, "team", "dead"), alone = Write(home, "gone", "dead");

        DeadLogs.Remove(home, [new WorkloadKey("team", "living")], TimeProvider.System.GetUtcNow() + DeadLogs.KeptFor * 2);

        Assert.True(File.Exists(living));
        Assert.False(File.Exists(dead));
        Assert.False(Directory.Exists(Path.Combine(home.Logs, "gone")), alone);
    }

    private static string Write(HomeFolder home, string ns, string workload)
    {
        string file = Path.Combine(home.Logs, ns, workload, $"{workload}-0.log.0");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "x");
        return file;
    }
}
