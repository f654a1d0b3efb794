using System.CommandLine;
using System.Globalization;
using System.Numerics;
using Orrery.Cli.Client;
using Orrery.Cli.Output;

namespace Orrery.Cli.Commands;

/// <summary>Options that mean the same in every command.</summary>
internal static class CommonOptions
{
    private const string WholeNumber = "a whole number";

    public static Option<string?> Home { get; } = new("--home")
    {
        Description = "Folder that holds everything. Default: $ORRERY_HOME, then ~/.orrery.",
        Recursive = true,
    };

    public static Option<string?> Kubeconfig { get; } = new("--kubeconfig")
    {
        Description = "Kubeconfig of the server. Default: the running home's, or the files of $KUBECONFIG.",
    };

    public static Option<string?> Context { get; } = new("--context")
    {
        Description = "Context of the kubeconfig. Default: its current one. `orrery config get-contexts` lists them.",
    };

    public static Option<string?> Namespace { get; } = new("--namespace", "-n")
    {
        Description = "Namespace of the objects. Default: the context's.",
    };

    public static Option<bool> AllNamespaces { get; } = new("--all-namespaces", "-A") { Description = "Objects of every namespace." };

    public static Option<string?> Labels { get; } = new("--selector", "-l")
    {
        Description = "Only objects with these labels, as in app=web,tier!=test.",
        HelpName = "labels",
    };

    public static Option<string?> Fields { get; } = new("--field-selector")
    {
        Description = "Only objects with these fields, as in metadata.name=web.",
        HelpName = "fields",
    };

    /// <summary>Adds what says which server and namespace a command is about.</summary>
    public static Command OnServer(this Command command)
    {
        command.Options.Add(Namespace);
        command.Options.Add(Kubeconfig);
        command.Options.Add(Context);
        return command;
    }

    public static Option<OutputFormat?> Output() => new("--output", "-o")
    {
        Description = $"{OutputFormat.Known}. Default: table.",
        HelpName = "table|wide|json|yaml|name|…",
        CustomParser = result =>
        {
            try
            {
                return OutputFormat.Parse(result.Tokens[0].Value);
            }
            catch (CliException e)
            {
                result.AddError(e.Message);
                return null;
            }
        },
    };

    public static Option<string[]> Files(string description) => new("--filename", "-f") { Description = description };

    /// <summary>Words of a closed list, as in <c>--dry-run=server</c>.</summary>
    /// <param name="bare">What the option means without a value; null: it needs one.</param>
    public static Option<string> Choice(string name, string description, string initial, IReadOnlyList<string> words, string? bare = null) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', words),
        Arity = bare is null ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => initial,
        CustomParser = result =>
        {
            string? word = result.Tokens.Count == 0 ? bare : result.Tokens[0].Value;
            if (word is not null && words.Contains(word))
                return word;
            result.AddError($"{name}: '{word}' must be {string.Join(", ", words.SkipLast(1))} or {words[^1]}");
            return initial;
        },
    };

    /// <summary>A time as in <c>30s</c>, <c>5m</c>, <c>1h30m</c>; null when it is not given.</summary>
    public static Option<TimeSpan?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "time",
        CustomParser = result =>
        {
            if (DurationText.Parse(result.Tokens[0].Value) is { } time)
                return time;
            result.AddError($"{name}: '{result.Tokens[0].Value}' must be a time such as 30s, 5m or 1h30m");
            return null;
        },
    };

    public static Option<int?> MaxTokens(string description) => Number<int>("--max-tokens", description, WholeNumber, initial: 256);

    public static Option<float?> Temperature() => Number<float>("--temperature", "0 is greedy.", "a number such as 0.7", initial: 0);

    public static Option<long?> Seed() => Number<long>("--seed", "Same seed, same text.", WholeNumber);

    /// <summary>A whole number; null when it is not given.</summary>
    public static Option<int?> Whole(string name, string description) => Number<int>(name, description, WholeNumber);

    /// <summary>The home's absolute path.</summary>
    /// <exception cref="CliException">It is no path.</exception>
    public static string HomePath(ParseResult parsed)
    {
        string? given = parsed.GetValue(Home);
        if (given is { Length: 0 })
            throw new CliException("--home: '' must be a folder, such as ~/.orrery.");
        string home = given
            ?? (Environment.GetEnvironmentVariable("ORRERY_HOME") is { Length: > 0 } set ? set : null)
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".orrery");
        return Path.GetFullPath(home);
    }

    public static HomeConnection Connect(ParseResult parsed) => HomeConnection.Open(HomePath(parsed));

    // The parser's own errors name .NET types, which say nothing to people.
    private static Option<T?> Number<T>(string name, string description, string expected, T? initial = null)
        where T : struct, INumber<T>
    {
        var option = new Option<T?>(name)
        {
            Description = description,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (T.TryParse(text, CultureInfo.InvariantCulture, out var value) && T.IsFinite(value))
                    return value;
                result.AddError($"{name}: '{text}' must be {expected}");
                return null;
            },
        };
        if (initial is { } start)
            option.DefaultValueFactory = _ => start;
        return option;
    }
}
