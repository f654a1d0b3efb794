using System.CommandLine;
using System.CommandLine.Parsing;

namespace Orrery.Cli.Parsing;

/// <summary>What is wrong with a command line, in one line that ends with where to look. Only the first mistake is told: it mostly causes the others.</summary>
internal static class Mistake
{
    public static string Of(ParseResult parsed)
    {
        string command = Path(parsed.CommandResult);
        return $"{What(parsed).TrimEnd('.')}. See: {command} --help";
    }

    private static string What(ParseResult parsed)
    {
        var (result, command) = (parsed.CommandResult, parsed.CommandResult.Command);
        if (command.Options.Concat(parsed.RootCommandResult.Command.Options).FirstOrDefault(o => IsWithoutValue(parsed.GetResult(o))) is { } bare)
            return $"{bare.Name}: needs a value";
        string? extra = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        if (extra?.StartsWith('-') == true)
            return $"{extra}: there is no such option";
        if (command.Subcommands.Count > 0)
        {
            string known = string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name));
            return extra is not null ? $"there is no command '{extra}'; there are {known}" : $"a command must be given: {known}";
        }
        if (extra is not null)
            return $"'{extra}' is one word too many; quote text that has spaces";
        if (command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > 0 && result.GetResult(a) is not { Tokens.Count: > 0 }) is { } argument)
            return $"{argument.Name} must be given";
        if (command.Options.FirstOrDefault(o => o.Required && result.GetResult(o) is null or { Implicit: true }) is { } option)
            return $"{option.Name} must be given";
        return parsed.Errors[0].Message;
    }

    private static bool IsWithoutValue(OptionResult? option)
        => option is { Implicit: false, Tokens.Count: 0 } && option.Option.Arity.MinimumNumberOfValues > 0;

    private static string Path(CommandResult result)
        => result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : "orrery";
}
