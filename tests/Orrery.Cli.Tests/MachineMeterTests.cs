using Orrery.Api.Metrics;
using Orrery.Cli.Up;

namespace Orrery.Cli.Tests;

public sealed class MachineMeterTests
{
    private const string Meminfo = "MemTotal:       16000 kB\nMemFree:         1000 kB\nMemAvailable:   10000 kB\n";

    [Fact]
    public void Used_is_what_is_not_available_and_busy_is_neither_idle_nor_waiting_nor_stolen()
        => Assert.Equal(
            new MachineUse("box", 6000 * 1024, TimeSpan.FromSeconds(1.68)),
            MachineMeter.Parse("box", Meminfo, "cpu  100 2 30 9000 500 4 32 700 50 0\ncpu0 1 1 1 1\n"));

    [Theory]
    [InlineData("", "cpu  1 2 3 4")]
    [InlineData(Meminfo, "")]
    [InlineData("MemTotal: much kB\nMemAvailable: 1 kB\n", "cpu  1 2 3 4")]
    public void A_system_that_does_not_tell_is_not_guessed(string meminfo, string stat) => Assert.Null(MachineMeter.Parse("box", meminfo, stat));

    [Fact]
    public void This_machine_is_measured()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has /proc");

        Assert.True(MachineMeter.Read("box") is { MemoryBytes: > 0 } use && use.ProcessorTime > TimeSpan.Zero);
    }
}
