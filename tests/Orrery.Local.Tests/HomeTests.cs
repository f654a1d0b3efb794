using System.Diagnostics;
using Orrery.Local.Home;

namespace Orrery.Local.Tests;

public sealed class HomeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_home_and_its_folders_are_open_to_the_owner_alone()
    {
        var home = HomeFolder.Open(_folder.File("a/home"));

        foreach (string folder in new[] { home.Path, home.Run, home.Logs, home.Work, home.Pki })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.Equal(4, Directory.EnumerateFileSystemEntries(home.Path).Count());
    }

    [Theory]
    [InlineData("/proc/orrery", "cannot be written")]
    [InlineData("/etc/hostname", "is a file")]
    public void A_home_that_cannot_be_is_named_with_what_to_do(string path, string problem)
    {
        string message = Assert.Throws<HomeFolderException>(() => HomeFolder.Open(path)).Message;

        Assert.Contains(path, message);
        Assert.Contains(problem, message);
        Assert.Contains("--home", message);
    }

    [Fact]
    public void A_home_too_deep_for_sockets_is_refused()
    {
        string path = _folder.File(new string('d', 90));

        Assert.Contains("too long", Assert.Throws<HomeFolderException>(() => HomeFolder.Open(path)).Message);
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public void A_second_holder_is_told_who_holds_the_home()
    {
        var home = HomeFolder.Open(_folder.File("home"));
        using (Assert.IsType<HomeLockOutcome.Acquired>(HomeLock.TryAcquire(home)).Lock)
        {
            Assert.Equal(Environment.ProcessId, Assert.IsType<HomeLockOutcome.HeldBy>(HomeLock.TryAcquire(home)).Pid);
        }

        Assert.IsType<HomeLockOutcome.Acquired>(HomeLock.TryAcquire(home)).Lock.Dispose();
    }

    [Fact]
    public async Task The_lock_ends_with_its_process()
    {
        var home = HomeFolder.Open(_folder.File("home"));
        using var holder = Process.Start(new ProcessStartInfo(Program.Command[0], [.. Program.Command.Skip(1), "lock", home.Path]) { RedirectStandardOutput = true })!;
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal(holder.Id, Assert.IsType<HomeLockOutcome.HeldBy>(HomeLock.TryAcquire(home)).Pid);

        holder.Kill();
        await holder.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.IsType<HomeLockOutcome.Acquired>(HomeLock.TryAcquire(home)).Lock.Dispose();
    }

    [Theory]
    [InlineData("lock")]
    [InlineData("lock.pid")]
    public void A_lock_that_cannot_be_opened_is_no_sign_of_another_holder(string file)
    {
        var home = HomeFolder.Open(_folder.File("home"));
        File.CreateSymbolicLink(_folder.File($"home/{file}"), _folder.File($"home/{file}"));

        Assert.Contains("cannot be locked", Assert.Throws<HomeFolderException>(() => HomeLock.TryAcquire(home)).Message);

        File.Delete(_folder.File($"home/{file}"));
        Assert.IsType<HomeLockOutcome.Acquired>(HomeLock.TryAcquire(home)).Lock.Dispose();
    }
}
