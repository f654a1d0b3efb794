namespace Orrery.Cli.Completion;

/// <summary>What a shell runs to complete command lines. Each asks <c>orrery __complete WORD…</c>, whose answer is one word per line.</summary>
internal static class CompletionScripts
{
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish"];

    public static string Of(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        _ => Fish,
    };

    // Bash splits words at = and : too; what stands before the last of them is not part of what it replaces.
    private const string Bash = """
        # bash completion of orrery. For this shell: source <(orrery completion bash)
        # For all: orrery completion bash > ~/.local/share/bash-completion/completions/orrery
        _orrery() {
            local line="${COMP_LINE:0:COMP_POINT}" current="${COMP_WORDS[COMP_CWORD]}" last word
            local -a words
            read -ra words <<< "$line"
            [[ "$line" == *[[:space:]] ]] && words+=("")
            last="${words[${#words[@]}-1]}"
            [[ "$current" == "=" || "$current" == ":" ]] && current=""
            COMPREPLY=()
            while IFS= read -r word; do
                COMPREPLY+=("${word:$((${#last} - ${#current}))}")
            done < <("${words[0]/#\~/$HOME}" __complete "${words[@]:1}" 2>/dev/null </dev/null)
            [[ ${#COMPREPLY[@]} -eq 1 && "${COMPREPLY[0]}" == *= ]] && compopt -o nospace
            return 0
        }
        complete -o default -F _orrery orrery

        """;

    private const string Zsh = """
        #compdef orrery
        # zsh completion of orrery. For this shell: source <(orrery completion zsh)
        _orrery() {
            local -a found
            found=("${(@f)$("${words[1]/#\~/$HOME}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null </dev/null)}")
            if [[ -n "${found[1]}" ]]; then
                compadd -Q -- "${found[@]}"
            else
                _files
            fi
        }
        compdef _orrery orrery

        """;

    private const string Fish = """
        # fish completion of orrery. For all shells: orrery completion fish > ~/.config/fish/completions/orrery.fish
        function __orrery_complete
            set -l words (commandline -opc) (commandline -ct)
            $words[1] __complete $words[2..-1] 2>/dev/null </dev/null
        end
        complete -c orrery -a '(__orrery_complete)'

        """;
}
