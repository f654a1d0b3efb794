using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Commands;

namespace Orrery.Cli.Connections;

/// <summary>
/// Which kubeconfig files a command reads, and whether it is about a home at all:
/// <c>--home</c>; <c>--kubeconfig</c>; <c>ORRERY_HOME</c> unless there is a <c>--context</c>; <c>KUBECONFIG</c>; <c>--context</c> among the home's and
/// <c>~/.kube/config</c>; the home: the first of these that is there.
/// </summary>
/// <param name="Home">The home's folder when a running home is meant; null: files alone.</param>
/// <param name="Files">In the order in which they count.</param>
/// <param name="Context">As given; null: the current one.</param>
internal sealed record ContextChoice(string? Home, IReadOnlyList<string> Files, string? Context)
{
    /// <exception cref="CliException">Options exclude each other, or a file that was named is not there.</exception>
    public static ContextChoice Of(ParseResult parsed)
        => Of(
            isHomeGiven: parsed.GetValue(CommonOptions.Home) is not null,
            isHomeSet: Environment.GetEnvironmentVariable("ORRERY_HOME") is { Length: > 0 },
            CommonOptions.HomePath(parsed),
            parsed.GetValue(CommonOptions.Kubeconfig),
            parsed.GetValue(CommonOptions.Context),
            Environment.GetEnvironmentVariable("KUBECONFIG"),
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config"));

    /// <param name="isHomeGiven">By <c>--home</c>.</param>
    /// <param name="isHomeSet">By <c>ORRERY_HOME</c>.</param>
    /// <param name="list">Value of <c>KUBECONFIG</c>.</param>
    /// <param name="personal"><c>~/.kube/config</c>.</param>
    public static ContextChoice Of(bool isHomeGiven, bool isHomeSet, string home, string? kubeconfig, string? context, string? list, string personal)
    {
        string ofHome = Path.Combine(home, "kubeconfig");
        if (kubeconfig is not null)
        {
            if (isHomeGiven)
                throw new CliException("--home and --kubeconfig name two places. Leave one of them out.");
            return File.Exists(kubeconfig) ? new(null, [Path.GetFullPath(kubeconfig)], context) : throw new CliException($"--kubeconfig: there is no file '{kubeconfig}'.");
        }
        if (isHomeGiven || (isHomeSet && context is null))
            return new(home, [ofHome], context);
        string[] listed = (list ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (listed.Length > 0)
            return new(null, [.. listed.Select(Path.GetFullPath)], context);
        return context is null ? new(home, [ofHome], null) : new(null, [ofHome, personal], context);
    }

    /// <summary>The files' content. A file of a list that is not there counts as empty.</summary>
    public Kubeconfig Read() => Kubeconfig.Merge(Files.Where(File.Exists).Select(KubeconfigReader.Read));

    /// <exception cref="CliException">Nothing runs in the home, or the context is not whole.</exception>
    public ServerAccess Access()
    {
        // The kubeconfig of a home outlives its `up`; who listens at its address then is somebody else.
        if (Home is not null && (RunningHome.Read(RunningHome.FileOf(Home)) is not { } running || !running.IsAlive() || !File.Exists(Files[0])))
            throw HomeConnection.NotRunning(Home);
        return ServerAccess.Of(Read(), Context);
    }
}
