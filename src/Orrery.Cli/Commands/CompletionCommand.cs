using System.CommandLine;
using Orrery.Cli.Client;
using Orrery.Cli.Completion;
using Spectre.Console;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery completion bash</c>, and the hidden <c>orrery __complete WORD…</c> that its script runs.</summary>
internal static class CompletionCommand
{
    private const string CompleteName = "__complete";

    public static Command Create(IAnsiConsole console)
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", CompletionScripts.Shells) + "." };
        var command = new Command("completion", "Print the script that completes command lines in a shell: source <(orrery completion bash)") { shell };
        command.SetAction(async (parsed, ct) =>
        {
            string name = parsed.GetValue(shell)!;
            if (!CompletionScripts.Shells.Contains(name))
                throw new CliException($"'{name}' must be one of {string.Join(", ", CompletionScripts.Shells)}.");
            await console.Profile.Out.Writer.WriteAsync(CompletionScripts.Of(name));
            return 0;
        });
        return command;
    }

    /// <summary>Whether these are the arguments of a shell that asks; they are no command line of a person, and not parsed as one.</summary>
    public static bool IsAsked(IReadOnlyList<string> args) => args is [CompleteName, ..];

    /// <summary>One word per line.</summary>
    public static async Task<int> AnswerAsync(RootCommand root, string[] args, TextWriter output)
    {
        string[] words = args.Length > 1 ? args[1..] : [""];
        // An option whose value is being written has none yet.
        string[] whole = words.Length > 1 && words[^2].StartsWith('-') ? words[..^2] : words[..^1];
        var parsed = root.Parse(whole, new ParserConfiguration { ResponseFileTokenReplacer = null });
        foreach (string word in await Completer.AnswerAsync(CompletionQuestion.Of(root, words), parsed, words[^1], CancellationToken.None))
            await output.WriteLineAsync(word);
        return 0;
    }
}
