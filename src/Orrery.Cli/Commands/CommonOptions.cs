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

    public static Option<string> Namespace() => new("--namespace", "-n")
    {
        Description = "Namespace of the objects.",
        DefaultValueFactory = _ => Resources.Standard.Namespace.Default,
    };

    public static Option<OutputFormat> Output() => new("--output", "-o")
    {
        Description = "table, json, yaml or name. Default: table.",
        HelpName = "table|json|yaml|name",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            switch (text)
            {
                case "table":
                    return OutputFormat.Table;
                case "json":
                    return OutputFormat.Json;
                case "yaml":
                    return OutputFormat.Yaml;
                case "name":
                    return OutputFormat.Name;
                default:
                    result.AddError($"--output: '{text}' must be table, json, yaml or name");
                    return default;
            }
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
