using System.Globalization;
using Orrery.Local.Machine;
using Orrery.Local.Supervision;
using Orrery.Resources.Workloads;

namespace Orrery.Local.Containers;

/// <summary>One run of a replica, as far as its container's command needs it.</summary>
/// <param name="Name">Of the container.</param>
/// <param name="Home">Label by which containers of this home are found.</param>
/// <param name="HostPort">Where it is to answer on the machine.</param>
/// <param name="Values">Its environment with the values of secrets.</param>
/// <param name="Devices">What pins a process to its accelerators: <see cref="Accelerators.VisibleDevices"/>.</param>
internal sealed record ContainerRun(
    string Name, string Home, Workload Workload, int HostPort, IReadOnlyDictionary<string, string> Values, IReadOnlyList<Accelerator> Accelerators,
    IReadOnlyDictionary<string, string> Devices);

/// <summary>
/// The command that runs one replica in a container, in the foreground: the client that it starts prints what the container prints, passes TERM on to it, and ends
/// as it ends. Pure.
/// </summary>
/// <param name="Environment">Of the client, which hands on what <c>--env NAME</c> names: values stand in no arguments, for everybody sees those.</param>
internal sealed record ContainerCommand(IReadOnlyList<string> Argv, IReadOnlyDictionary<string, string> Environment)
{
    public const string HomeLabel = "orrery.dev/home", WorkloadLabel = "orrery.dev/workload";

    private const string PortVariable = "$(PORT)";

    // What several devices share one model over; the 64 MiB that a container has otherwise are too few for that. Only what is used is taken.
    private const string SharedMemory = "8g";

    private const string NvidiaVisible = "NVIDIA_VISIBLE_DEVICES";

    // The client itself would heed these.
    private static readonly string[] OfClient =
    [
        "PATH", "HOME", "USER", "TMPDIR", "TMP", "TERM", "NOTIFY_SOCKET", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "REGISTRY_AUTH_FILE", "GODEBUG", "GOGC", "GOMEMLIMIT", "GOMAXPROCS", "GOTRACEBACK", "BASH_ENV", "ENV", "IFS",
    ];

    private static readonly string[] OfClientPrefixes = ["LD_", "XDG_", "DOCKER_", "CONTAINER", "_CONTAINER", "PODMAN_", "STORAGE_", "LIBPOD_", "BUILDAH_", "DBUS_", "LISTEN_", "CONMON_"];

    /// <summary>Why a container cannot be run as it is asked for. Null: it can.</summary>
    public static string? Problem(ContainerTemplate template, bool hostNetwork)
    {
        if (template.Image.StartsWith('-') || template.Image.Length == 0)
            return $"'{template.Image}' names no image";
        if (template.Env.GroupBy(e => e.Name).Select(g => g.Last()).FirstOrDefault(e => e.Secret is not null && IsOfClient(e.Name)) is { } secret)
            return $"the variable {secret.Name} cannot come from a Secret in a container: the program that starts it would take it for its own";
        if (template.Env.FirstOrDefault(e => e.Name.Length == 0 || e.Name.Contains('=') || e.Name.Contains('*')) is { } odd)
            return $"'{odd.Name}' is no name for a variable of a container";
        return hostNetwork && !IsToldItsPort(template)
            ? "containers share the machine's network here (containers.network: host), so it must be told where to listen: write $(PORT) in its command, args or env"
            : null;
    }

    public static ContainerCommand For(ContainerEngine engine, ContainerOptions options, ContainerRun run)
    {
        var template = run.Workload.Container!;
        int inside = options.HostNetwork ? run.HostPort : template.Port;
        List<string> argv =
        [
            .. engine.Call("run", "--name", run.Name, "--label", $"{HomeLabel}={run.Home}", "--label", $"{WorkloadLabel}={run.Workload.Key}"),
            // The image is here already, or this fails: fetching it is not part of starting.
            "--pull", "never",
            // What it prints comes here and is kept here, in logs with a bound.
            "--log-driver", "none",
            // From removal on nothing waits for it.
            "--stop-timeout", "0",
            "--security-opt", "no-new-privileges",
            .. options.HostNetwork ? (string[])["--network", "host"] : ["--publish", $"127.0.0.1:{Text(run.HostPort)}:{Text(inside)}"],
            .. Limits(run.Workload.Resources),
            .. template.Mounts.SelectMany(m => (string[])["--mount", MountText(m)]),
        ];
        if (template.WorkingDirectory is { } folder)
            argv.AddRange(["--workdir", folder]);
        argv.AddRange(DeviceArguments(engine, run.Accelerators));

        // Finds the container's processes, wherever the engine put them.
        argv.AddRange(["--env", PidFiles.IdVariable]);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Variables(run, inside).Where(v => v.Key != PidFiles.IdVariable))
        {
            if (IsOfClient(name))
            {
                argv.AddRange(["--env", $"{name}={value}"]);
                continue;
            }
            argv.AddRange(["--env", name]);
            environment[name] = value;
        }

        argv.AddRange(options.RunArguments);
        if (template.Command is [var program, ..])
            argv.AddRange(["--entrypoint", Fill(program, inside)]);
        argv.Add(template.Image);
        argv.AddRange(template.Command.Skip(1).Concat(template.Args).Select(a => Fill(a, inside)));
        return new ContainerCommand(argv, environment);
    }

    /// <summary>Whether its text asks for the port. Otherwise it listens where its image does.</summary>
    private static bool IsToldItsPort(ContainerTemplate template)
        => template.Command.Concat(template.Args).Concat(template.Env.Select(e => e.Value)).Any(t => t.Contains(PortVariable, StringComparison.Ordinal));

    private static IEnumerable<string> Limits(WorkloadResources resources)
    {
        if (resources.MemoryBytes is { } bytes)
            // Memory and swap together: no swap.
            yield return $"--memory={Text(bytes)}b";
        if (resources.MemoryBytes is { } both)
            yield return $"--memory-swap={Text(both)}b";
        if (resources.Processors is { } processors)
            yield return string.Create(CultureInfo.InvariantCulture, $"--cpus={processors}");
    }

    private static IEnumerable<string> DeviceArguments(ContainerEngine engine, IReadOnlyList<Accelerator> given)
    {
        var nvidia = given.Where(a => a.Vendor == "NVIDIA").Select(a => a.Id).ToList();
        if (nvidia.Count > 0 && engine.IsPodman)
        {
            foreach (string id in nvidia)
                yield return $"--device=nvidia.com/gpu={id}";
        }
        else if (nvidia.Count > 0)
        {
            // Docker reads a list within a list: the commas of the inner one stand in quotes.
            yield return $"--gpus=\"device={string.Join(',', nvidia)}\"";
        }
        if (given.Any(a => a.Vendor == "AMD"))
            yield return "--device=/dev/kfd";
        if (given.Any(a => a.Vendor is "AMD" or "Intel"))
            yield return "--device=/dev/dri";
        if (given.Count > 1)
            yield return $"--shm-size={SharedMemory}";
    }

    private static IEnumerable<KeyValuePair<string, string>> Variables(ContainerRun run, int inside)
    {
        // A secret's text stays as it is.
        var secrets = run.Workload.Container!.Env.GroupBy(e => e.Name).Where(g => g.Last().Secret is not null).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        var all = run.Values.ToDictionary(v => v.Key, v => secrets.Contains(v.Key) ? v.Value : Fill(v.Value, inside), StringComparer.Ordinal);
        // It sees the devices of NVIDIA that it was given and no others, so their order is its own; those of the others are all there, and pinned as a process is.
        foreach (var (name, value) in run.Devices.Where(d => run.Accelerators.Any(a => a.Vendor != "NVIDIA") && !d.Key.StartsWith("CUDA_", StringComparison.Ordinal)))
            all[name] = value;
        // Images ask for every device, which an engine that is set up for it would grant.
        if (run.Devices.ContainsKey(Accelerators.VisibleDevices.Nvidia) && !run.Accelerators.Any(a => a.Vendor == "NVIDIA"))
            all[NvidiaVisible] = "void";
        return all.OrderBy(v => v.Key, StringComparer.Ordinal);
    }

    /// <summary>A list with commas, whose items stand in quotes where they hold some.</summary>
    private static string MountText(ContainerMount mount)
        => string.Join(',', new[] { "type=bind", $"source={mount.Source}", $"target={mount.Target}" }.Select(Quoted)) + (mount.ReadOnly ? ",readonly" : "");

    private static string Quoted(string item) => item.AsSpan().IndexOfAny(",\"\n") < 0 ? item : $"\"{item.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static bool IsOfClient(string name)
        => OfClient.Contains(name, StringComparer.OrdinalIgnoreCase) || OfClientPrefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));

    private static string Fill(string text, int port) => text.Replace(PortVariable, Text(port), StringComparison.Ordinal);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
