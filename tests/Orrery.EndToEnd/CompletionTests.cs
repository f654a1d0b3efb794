using Orrery.EndToEnd.Support;

namespace Orrery.EndToEnd;

/// <summary>What shells complete, as they ask for it. Alone: nobody at a shell waits longer than two seconds, so nothing is completed then.</summary>
[Collection(nameof(Alone))]
public sealed class CompletionTests(SharedUp shared) : IDisposable
{
    [CollectionDefinition(nameof(Alone), DisableParallelization = true)]
    public sealed class Alone;

    private readonly UpProcess _up = shared.Up;
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("./orrery --home H get isv", "isvc")]
    [InlineData("./orrery --home H get isvc sto", "stories")]
    [InlineData("./orrery --home H describe isvc/sto", "isvc/stories")]
    [InlineData("./orrery --home H get isvc -n def", "default")]
    [InlineData("./orrery --home H get isvc --namespace=def", "default")]
    [InlineData("./orrery --home H run sto", "stories")]
    [InlineData("./orrery --home H desc", "describe")]
    [InlineData("./orrery --home H config use-context orr", "orrery")]
    [InlineData("./orrery --home /nowhere get isvc sto", "")]
    public async Task Bash_completes_commands_kinds_and_live_names(string line, string expected)
    {
        // What readline does: the line split at its break characters, the function called, its answer in COMPREPLY.
        string script = $$"""
            source <(./orrery completion bash)
            COMP_LINE='{{line.Replace(" H ", $" {_up.Home} ", StringComparison.Ordinal)}}'
            COMP_POINT=${#COMP_LINE}
            read -ra COMP_WORDS <<< "${COMP_LINE//=/ = }"
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _orrery
            printf '%s\n' "${COMPREPLY[@]}"
            """;

        var ran = await Shell.BashAsync(script);

        Assert.True(ran.Code == 0 && ran.Errors.Length == 0, ran.ToString());
        Assert.Contains(expected, ran.Output.Split('\n'));
    }

    [Theory]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Other_shells_read_their_script(string shell)
    {
        string program = Shell.Need(shell);
        string script = await _up.OrreryOutputAsync("completion", shell);
        await File.WriteAllTextAsync(_folder.File("script"), script, Ct);

        var ran = await Shell.RunAsync(program, ["-n", _folder.File("script")]);

        Assert.True(ran.Code == 0 && ran.Errors.Length == 0, ran.ToString());
    }
}
