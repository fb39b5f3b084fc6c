using System.CommandLine;
using Granary.Engine;

namespace Granary.Cli.Commands;

/// <summary>
/// <c>granary completion SHELL</c>: a script that completes verbs and options. It calls the program with the parser's
/// <c>[suggest]</c> directive, so it completes every verb of the installed version.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # Completion of granary for bash. Load it in ~/.bashrc: source <(granary completion bash)
        _granary() {
            local IFS=$'\n' word="${COMP_WORDS[COMP_CWORD]}"
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _granary granary ./granary
        """;

    private const string Zsh = """
        #compdef granary
        # Completion of granary for zsh. Load it in ~/.zshrc after compinit: source <(granary completion zsh)
        _granary() {
            local -a found
            found=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            found=("${(@)found:#}")
            if (( ${#found} )); then compadd -a found; else _files; fi
        }
        compdef _granary granary
        """;

    private const string Fish = """
        # Completion of granary for fish. Load it in ~/.config/fish/config.fish: granary completion fish | source
        function __granary_complete
            set -l line (commandline -cp)
            set -l words (commandline -opc)
            $words[1] "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c granary -a '(__granary_complete)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.CompletionSources.Add("bash", "zsh", "fish");
        var command = new Command("completion",
            "Print a script that completes verbs and options in a shell. Bash loads it by: source <(granary completion bash)") { shell };
        command.SetAction(call =>
        {
            Console.WriteLine(call.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                var other => throw new InputException($"'{other}' is not a shell with completion; write bash, zsh or fish"),
            });
            return 0;
        });
        return command;
    }
}
