using System.Diagnostics;
using Orrery.Local.Supervision;

namespace Orrery.Local.Tests;

public sealed class PidFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _id = $"default/a/{Guid.NewGuid():N}";

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_killed_supervisor_had_started_is_found_also_before_it_could_note_the_pid(bool completed)
    {
        var files = new PidFiles(_folder.Path);
        Assert.Null(files.TryAnnounce(_id));
        using var child = Process.Start(new ProcessStartInfo("sleep", "1005") { Environment = { [PidFiles.IdVariable] = _id } })!;
        if (completed)
            files.Complete(_id, child.Id);

        await new PidFiles(_folder.Path).KillLeftoversAsync(TimeProvider.System);

        await child.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_stranger_with_a_pid_of_an_earlier_boot_is_left_alone()
    {
        using var stranger = Process.Start("sleep", "1006");
        File.WriteAllText(_folder.File("0.pid"), $"{stranger.Id} {ProcessTable.Find(stranger.Id)!.StartTicks} another-boot {_id}");

        await new PidFiles(_folder.Path).KillLeftoversAsync(TimeProvider.System);

        Assert.False(stranger.HasExited);
        stranger.Kill();
    }

    [Fact]
    public async Task Half_a_note_of_a_killed_supervisor_is_removed()
    {
        File.WriteAllText(_folder.File("0123456789abcdef.pid.new"), "0 0");

        await new PidFiles(_folder.Path).KillLeftoversAsync(TimeProvider.System);

        Assert.Empty(Directory.GetFiles(_folder.Path));
    }
}
