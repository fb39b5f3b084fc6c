using System.Collections.Frozen;
using System.Diagnostics;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>The scripts of <c>granary completion</c>, in the shells that they are for.</summary>
public sealed class CompletionTests
{
    // What is run in a shell to complete each of LINES; each prints what it offers.
    private static readonly FrozenDictionary<string, string> Scripts = new Dictionary<string, string>
    {
        ["bash"] = """
            source <(granary completion bash)
            for line in LINES; do
                COMP_LINE=$line; COMP_POINT=${#COMP_LINE}; COMP_WORDS=($line); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _granary; printf '%s\n' "${COMPREPLY[@]}"
            done
            """,
        // What zsh has only while a line is edited is set by hand.
        ["zsh"] = """
            compdef() { :; }
            source <(granary completion zsh)
            compadd() { print -l -- "${found[@]}" }
            for line in LINES; do words=(${=line}); BUFFER=$line; CURSOR=${#BUFFER}; _granary; done
            """,
        ["fish"] = """
            granary completion fish | source
            for line in LINES; complete -C "$line" | string split -f1 \t; end
            """,
    }.ToFrozenDictionary();

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task A_shell_completes_verbs_options_and_the_verbs_of_a_verb(string shell)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("the script that starts granary needs a POSIX shell");
            return;
        }
        OptionalProgram.Require(shell, shell);
        using var folder = new TestFolder();
        var program = folder.Write("granary", $"#!/usr/bin/env bash\nexec dotnet '{Programs.Granary}' \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        const string Lines = "'granary backt' 'granary backtest b.json --thr' 'granary data im'";
        (await RunAsync(shell, Scripts[shell].Replace("LINES", Lines, StringComparison.Ordinal), folder.Path))
            .ShouldBe(["backtest", "--threads", "import"]);
    }

    [Fact]
    public async Task Another_shell_is_refused_with_those_that_there_are()
    {
        var unknown = await GranaryCall.RunAsync("completion", "tcsh");
        (unknown.ExitCode, unknown.Error.TrimEnd()).ShouldBe((2,
            "granary: 'tcsh' is not a shell with completion; write bash, zsh or fish"));
    }

    private static async Task<string[]> RunAsync(string shell, string script, string folder)
    {
        var start = new ProcessStartInfo(shell) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        start.Environment["PATH"] = folder + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        (await error).ShouldBe("");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
