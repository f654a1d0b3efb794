using System.CommandLine;
using Orrery.Cli.Commands;

namespace Orrery.Cli.Completion;

/// <summary>What could stand where the cursor is. Decided from the command line alone. Pure.</summary>
internal abstract record CompletionQuestion
{
    /// <summary>Words that are known here.</summary>
    internal sealed record Words(IReadOnlyList<string> All) : CompletionQuestion;

    internal sealed record Kinds : CompletionQuestion;

    /// <summary>Names of objects of a kind, each after the prefix: <c>isvc/</c>, or nothing.</summary>
    internal sealed record Objects(string Kind, string Prefix) : CompletionQuestion;

    internal sealed record Contexts : CompletionQuestion;

    /// <summary>Files, or something that nobody knows: the shell's own way.</summary>
    internal sealed record Shell : CompletionQuestion;

    // What the words after each command are. Commands that are not here take none, or text.
    private static readonly string[] TakeObjects = ["get", "describe", "delete", "edit", "wait", "logs", "explain", "scale"];
    private static readonly string[] TakeModels = ["run", "chat"];

    /// <param name="words">After the program's name; the last is what is being written, perhaps empty.</param>
    public static CompletionQuestion Of(RootCommand root, IReadOnlyList<string> words)
    {
        string current = words.Count > 0 ? words[^1] : "";
        Command command = root;
        List<string> given = [];
        Option? open = null;
        foreach (string word in words.SkipLast(1))
        {
            if (open is not null)
                open = null;
            else if (word.StartsWith('-'))
                open = word.Contains('=') ? null : OptionsOf(root, command).FirstOrDefault(o => Names(o).Contains(word)) is { } option && TakesValue(option) ? option : null;
            else if (given.Count == 0 && command.Subcommands.FirstOrDefault(c => c.Name == word) is { } next)
                command = next;
            else
                given.Add(word);
        }
        if (open is not null)
            return OfValue(open, current, "");
        if (current.StartsWith("--", StringComparison.Ordinal) && current.IndexOf('=') is > 0 and var equals
            && OptionsOf(root, command).FirstOrDefault(o => Names(o).Contains(current[..equals])) is { } written)
        {
            return OfValue(written, current[(equals + 1)..], current[..(equals + 1)]);
        }
        if (current.StartsWith('-'))
            return new Words([.. OptionsOf(root, command).Where(o => !o.Hidden).SelectMany(Names).Order(StringComparer.Ordinal)]);
        if (command.Subcommands.Count > 0)
            return new Words([.. command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)]);
        return OfArgument(command.Name, isRollout: command.Parents.Any(p => p.Name == RolloutCommand.Name), given, current);
    }

    private static CompletionQuestion OfArgument(string command, bool isRollout, List<string> given, string current)
    {
        // Only services have them, so that their kind need not be asked for.
        if (isRollout && !current.Contains('/') && (given.Count == 0 || given[0].Contains('/')))
            return new Objects("inferenceservices", "isvc/");
        if (command == "use-context")
            return new Contexts();
        if (command == "completion")
            return new Words(CompletionScripts.Shells);
        if (TakeModels.Contains(command))
            return given.Count == 0 ? new Objects("inferenceservices", "") : new Shell();
        if (command == InspectCommand.Name)
            return given.Count == 0 && !current.Contains('/') && !current.StartsWith('.') ? new Objects("models", "") : new Shell();
        if (!isRollout && !TakeObjects.Contains(command))
            return new Shell();
        if (current.IndexOf('/') is > 0 and var slash)
            return new Objects(current[..slash], current[..(slash + 1)]);
        return given.Count == 0 || given[0].Contains('/') ? new Kinds() : new Objects(given[0], "");
    }

    private static CompletionQuestion OfValue(Option option, string current, string before)
    {
        string name = option.Name;
        if (name == CommonOptions.Namespace.Name)
            return new Objects("namespaces", before);
        if (name == CommonOptions.Context.Name)
            return new Contexts();
        if (name == "--output" && option.HelpName?.EndsWith('…') == true)
            return new Words([.. ((string[])["table", "wide", "json", "yaml", "name", "jsonpath=", "custom-columns="]).Select(w => before + w)]);
        if (name == "--for" && option.HelpName == "what")
            return new Words([.. ((string[])["condition=Ready", "delete", "create", "jsonpath="]).Select(w => before + w)]);
        if (name == "--for")
            return current.IndexOf('/') is > 0 and var slash ? new Objects(current[..slash], before + current[..(slash + 1)]) : new Kinds();
        return option.HelpName?.Contains('|') == true ? new Words([.. option.HelpName.Split('|').Select(w => before + w)]) : new Shell();
    }

    private static IEnumerable<Option> OptionsOf(RootCommand root, Command command) => command.Options.Concat(root.Options.Where(o => o.Recursive)).Distinct();

    private static IEnumerable<string> Names(Option option) => option.Aliases.Prepend(option.Name);

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool) && option.Arity.MinimumNumberOfValues > 0;
}
