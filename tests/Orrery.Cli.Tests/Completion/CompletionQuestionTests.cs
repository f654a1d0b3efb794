using Orrery.Cli.Commands;
using Orrery.Cli.Completion;
using Spectre.Console;

namespace Orrery.Cli.Tests.Completion;

public sealed class CompletionQuestionTests
{
    // The cursor stands at the end.
    [Theory]
    [InlineData("get ", "kinds")]
    [InlineData("get is", "kinds")]
    [InlineData("get isvc,", "kinds")]
    [InlineData("get isvc ", "names of isvc")]
    [InlineData("get isvc a ", "names of isvc")]
    [InlineData("get isvc/", "names of isvc after isvc/")]
    [InlineData("get isvc/a cm/", "names of cm after cm/")]
    [InlineData("get isvc/a ", "kinds")]
    [InlineData("get -A -l x=y isvc ", "names of isvc")]
    [InlineData("get isvc -n ", "names of namespaces")]
    [InlineData("get isvc --namespace=", "names of namespaces after --namespace=")]
    [InlineData("get isvc -o ", "table wide json yaml name jsonpath= custom-columns=")]
    [InlineData("--home /x describe isvc ", "names of isvc")]
    [InlineData("get --context ", "contexts")]
    [InlineData("config ", "get-contexts current-context use-context")]
    [InlineData("config use-context ", "contexts")]
    [InlineData("completion ", "bash zsh fish")]
    [InlineData("run ", "names of inferenceservices")]
    [InlineData("run a ", "shell")]
    [InlineData("models ", "inspect prune")]
    [InlineData("models inspect pl", "names of models")]
    [InlineData("models inspect ./pl", "shell")]
    [InlineData("chat st", "names of inferenceservices")]
    [InlineData("apply -f ", "shell")]
    [InlineData("apply --dry-run=", "--dry-run=none --dry-run=server --dry-run=client")]
    [InlineData("wait isvc/a --for=", "--for=condition=Ready --for=delete --for=create --for=jsonpath=")]
    [InlineData("events --for isvc/", "names of isvc after isvc/")]
    [InlineData("rollout ", "status history undo pause resume restart")]
    [InlineData("rollout undo ", "names of inferenceservices after isvc/")]
    [InlineData("rollout undo isvc/", "names of isvc after isvc/")]
    [InlineData("rollout restart isvc/a is", "names of inferenceservices after isvc/")]
    [InlineData("rollout status isvc ", "names of isvc")]
    [InlineData("scale isvc ", "names of isvc")]
    [InlineData("scale --replicas 2 ", "kinds")]
    [InlineData("status ", "shell")]
    [InlineData("status -o ", "table json yaml")]
    public void What_could_follow_is_decided_from_the_line(string line, string expected)
        => Assert.Equal(expected, Text(Question(line)));

    [Fact]
    public void Commands_and_options_are_those_that_there_are()
    {
        Assert.Equal(
            ["status", "get", "describe", "apply", "diff", "edit", "scale", "rollout"],
            Words("").Intersect(["get", "describe", "apply", "diff", "edit", "scale", "rollout", "status", "supervise", "__complete"]));
        Assert.Equal(["--all-namespaces", "--home", "--watch", "-A", "-w"], Words("get -").Intersect(["--all-namespaces", "--home", "--watch", "-A", "-w", "--filename"]));
    }

    private static IReadOnlyList<string> Words(string line) => Assert.IsType<CompletionQuestion.Words>(Question(line)).All;

    private static CompletionQuestion Question(string line)
        => CompletionQuestion.Of(AllCommands.Create(AnsiConsole.Console, TextReader.Null), line.Split(' '));

    private static string Text(CompletionQuestion question) => question switch
    {
        CompletionQuestion.Words words => string.Join(' ', words.All),
        CompletionQuestion.Kinds => "kinds",
        CompletionQuestion.Contexts => "contexts",
        CompletionQuestion.Objects { Prefix: "" } objects => $"names of {objects.Kind}",
        CompletionQuestion.Objects objects => $"names of {objects.Kind} after {objects.Prefix}",
        _ => "shell",
    };
}
