using System.Diagnostics;

namespace Orrery.Testing;

/// <summary>
/// Podman from the tests' cache, where <c>./test</c> unpacks it from Debian's packages, with storage in a folder of the test's own and an image of
/// nothing but busybox.
/// </summary>
internal sealed class PodmanPrograms : IAsyncDisposable
{
    public const string Image = "localhost/orrery-test:1";

    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    private readonly string _folder;

    private PodmanPrograms(string folder) => _folder = folder;

    /// <summary>A program named podman that knows its folders.</summary>
    public string Program => Path.Combine(_folder, "podman");

    /// <summary>What <c>run</c> needs where there is neither a network of podman's nor a whole hierarchy of control groups: <c>--ulimit</c> because its own are above what may be set.</summary>
    public static IReadOnlyList<string> RunArguments { get; } = ["--network", "slirp4netns", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];

    /// <summary>The test is skipped by name where podman is not there or cannot run a container.</summary>
    public static async Task<PodmanPrograms> StartAsync(string folder, CancellationToken ct)
    {
        string root = Path.Combine(TestCache.Path, "podman"), usr = Path.Combine(root, "usr");
        Assert.SkipUnless(File.Exists(Path.Combine(usr, "bin", "podman")), $"podman is not in {root}, where ./test unpacks it");
        // Conmon starts podman again when a container ends, and podman waits 20 s for what that writes.
        string libraries = Directory.GetDirectories(Path.Combine(usr, "lib"), "*-linux-gnu").Single();
        Directory.CreateDirectory(Path.Combine(folder, "home", ".config", "containers"));
        await File.WriteAllTextAsync(Path.Combine(folder, "home", ".config", "containers", "policy.json"), """{"default": [{"type": "insecureAcceptAnything"}]}""", ct);
        await File.WriteAllTextAsync(Path.Combine(folder, "containers.conf"), $"""
            [engine]
            cgroup_manager = "cgroupfs"
            events_logger = "none"
            conmon_path = ["{usr}/bin/conmon"]
            conmon_env_vars = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LD_LIBRARY_PATH={libraries}"]
            helper_binaries_dir = ["{usr}/lib/podman"]
            network_cmd_path = "{usr}/bin/slirp4netns"
            runtime = "runc"
            [engine.runtimes]
            runc = ["{usr}/sbin/runc"]
            """, ct);
        var podman = new PodmanPrograms(folder);
        // One line: a shell that stays would be one process more between the supervisor and podman.
        await File.WriteAllTextAsync(podman.Program, $"""
            #!/bin/sh
            HOME={folder}/home CONTAINERS_CONF={folder}/containers.conf LD_LIBRARY_PATH={libraries} exec {usr}/bin/podman --root {folder}/storage --runroot {folder}/run --tmpdir {folder}/tmp --storage-driver vfs "$@"
            """, ct);
        File.SetUnixFileMode(podman.Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Directory.CreateDirectory(Path.Combine(folder, "image", "bin"));
        File.Copy(Path.Combine(root, "bin", "busybox"), Path.Combine(folder, "image", "bin", "busybox"));
        foreach (string part in (string[])["sh", "cat", "chmod", "head", "nc", "tr"])
            File.CreateSymbolicLink(Path.Combine(folder, "image", "bin", part), "busybox");
        Directory.CreateDirectory(Path.Combine(folder, "image", "tmp"));
        using (var tar = Process.Start("tar", ["-C", Path.Combine(folder, "image"), "-cf", Path.Combine(folder, "image.tar"), "."]))
            await tar.WaitForExitAsync(ct);
        var (code, said) = await podman.RunAsync(ct, "import", Path.Combine(folder, "image.tar"), Image);
        if (code == 0)
            (code, said) = await podman.RunAsync(ct, ["create", .. RunArguments, "--name", "first", Image, "/bin/busybox", "true"]);
        if (code == 0)
            (code, said) = await podman.RunAsync(ct, "start", "first");
        await podman.RunAsync(ct, "rm", "--force", "first");
        Assert.SkipUnless(code == 0, $"podman cannot run a container on this machine: {said}");
        return podman;
    }

    public async Task<(int Code, string Said)> RunAsync(CancellationToken ct, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(Bound);
        // What podman leaves running holds these pipes open, so the first of both that ends must be its own end.
        string outputs = "";
        process.OutputDataReceived += (_, line) => outputs += line.Data + "\n";
        process.ErrorDataReceived += (_, line) => outputs += line.Data + "\n";
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (!process.HasExited)
            await Task.Delay(10, bound.Token);
        process.WaitForExit(500);
        return (process.ExitCode, outputs.Trim());
    }

    public async ValueTask DisposeAsync() => await RunAsync(CancellationToken.None, "rm", "--all", "--force");
}
