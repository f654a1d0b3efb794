using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Output;

namespace Orrery.Cli.Commands;

/// <summary>Options that mean the same in every command.</summary>
internal static class CommonOptions
{
    public static Option<string?> Home { get; } = new("--home")
    {
        Description = "Folder that holds everything. Default: $ORRERY_HOME, then ~/.orrery.",
        Recursive = true,
    };

    public static Option<string> Namespace() => new("--namespace", "-n")
    {
        Description = "Namespace of the objects.",
        DefaultValueFactory = _ => Resources.Standard.Namespace.Default,
    };

    public static Option<OutputFormat> Output() => new("--output", "-o") { Description = "table, json, yaml or name.", DefaultValueFactory = _ => OutputFormat.Table };

    /// <summary>The home's absolute path.</summary>
    public static string HomePath(ParseResult parsed)
    {
        string home = parsed.GetValue(Home)
            ?? (Environment.GetEnvironmentVariable("ORRERY_HOME") is { Length: > 0 } set ? set : null)
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".orrery");
        return Path.GetFullPath(home);
    }

    public static HomeConnection Connect(ParseResult parsed) => HomeConnection.Open(HomePath(parsed));
}
