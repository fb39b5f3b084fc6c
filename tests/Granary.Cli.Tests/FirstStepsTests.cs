using Granary.Cli.Tests.ClientPrograms;
using Granary.Testing;

namespace Granary.Cli.Tests;

public sealed class FirstStepsTests
{
    // Runs granary in a pseudo terminal, types the keys when it asks, prints the screen, and ends with its exit code.
    private const string Terminal = """
        import os, pty, sys, termios, time
        os.chdir(sys.argv[1])
        process, screen = pty.fork()
        if process == 0:
            os.execvp("dotnet", ["dotnet", os.environ["GRANARY"]])
        keys = sys.argv[2].encode().decode("unicode_escape").encode("latin-1")
        shown = b""
        while True:
            try:
                read = os.read(screen, 4096)
            except OSError:
                break
            if not read:
                break
            shown += read
            if keys and (shown.endswith(b"Esc: ") or shown.endswith(b"file: ")):
                # What is typed before the program reads keys belongs to the terminal.
                while termios.tcgetattr(screen)[3] & termios.ICANON:
                    time.sleep(0.01)
                line, mark, keys = keys.partition(b"\r")
                os.write(screen, line + mark)
        sys.stdout.write(shown.decode("utf-8", "replace"))
        sys.stdout.flush()
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
        """;

    [Fact]
    public async Task A_call_without_arguments_in_a_pipe_prints_the_first_commands()
    {
        var call = await GranaryProcess.RunAsync();

        call.ExitCode.ShouldBe(0);
        call.Error.ShouldBeEmpty();
        call.Output.ShouldBe("""
            Granary: one strategy in a backtest, on paper and live; thousands side by side.

              granary quickstart        a first run on sample markets, with a report
              granary serve             the dashboard, at http://127.0.0.1:8080
              granary backtest FILE     your own file of bars, such as AAPL.csv
              granary --help            all commands

            """, StringCompareShould.IgnoreLineEndings);
    }

    [Theory]
    [InlineData("1", "quickstart")]
    [InlineData("2", "serve")]
    [InlineData("7| |2 ", "serve")]
    [InlineData("q", null)]
    [InlineData("", null)]
    [InlineData("3|nowhere.csv", null)]
    public void The_menu_gives_the_chosen_command_and_asks_again_for_what_is_none(string typed, string? command)
    {
        using var text = new StringWriter();
        var lines = new Queue<string>(typed.Length == 0 ? [] : typed.Split('|'));

        var chosen = FirstSteps.Ask(text, () => lines.TryDequeue(out var line) ? line : null);

        (chosen is null ? null : string.Join(' ', chosen)).ShouldBe(command);
        text.ToString().ShouldContain("  1  granary quickstart ");
        text.ToString().Contains("'7' is none of 1 to 3.", StringComparison.Ordinal).ShouldBe(typed.StartsWith('7'));
        text.ToString().Contains("nowhere.csv does not exist.", StringComparison.Ordinal).ShouldBe(typed.StartsWith('3'));
        text.ToString().Split('\n').ShouldAllBe(line => line.Length <= 80, "a narrow terminal");
    }

    [Fact]
    public void The_menu_takes_a_path_with_blanks_in_quotes()
    {
        using var folder = new TestFolder();
        var path = folder.Write("my bars.csv", "x");
        var lines = new Queue<string>(["3", $"'{path}'"]);

        var chosen = FirstSteps.Ask(TextWriter.Null, lines.Dequeue);

        chosen.ShouldBe(["backtest", path]);
        FirstSteps.Words(chosen!).ShouldBe($"granary backtest \"{path}\"");
    }

    [Theory]
    [InlineData("\\x1b", "", 0)]
    [InlineData("\\x04", "", 0)]
    [InlineData("9\\r1\\x7f\\x1b", "'9' is none of 1 to 3.", 0)]
    [InlineData("3\\rbars.csv\\r", "$ granary backtest bars.csv", 2)]
    public async Task A_call_without_arguments_in_a_terminal_is_a_menu(string keys, string shown, int code)
    {
        using var folder = new TestFolder();
        folder.Write("bars.csv", "no bars");

        var (exit, output) = await PythonProgram.RunAsync("pty", "python3", "-c", Terminal, folder.Path, keys);

        output.ShouldContain("1 to 3 and Enter, or Esc: ");
        output.ShouldContain(shown);
        exit.ShouldBe(code, output);
    }

    [Theory]
    [InlineData("data",
        "'granary data' needs one of import, funding, list, check, compare, generate, export, formats; --help explains them")]
    [InlineData("new", "'granary new' needs one of strategy, factor, format, broker, trainer, rule, study, samples; --help explains them")]
    [InlineData("dta", "'dta' is not understood by 'granary'; did you mean 'data'?")]
    [InlineData("zzzzzzzzzz", "'zzzzzzzzzz' is not understood by 'granary'; --help lists the commands and options")]
    public async Task A_missing_or_mistyped_word_is_answered_with_the_words_that_there_are(string word, string sentence)
    {
        var call = await GranaryCall.RunAsync(word);

        (call.ExitCode, call.Output, call.Error).ShouldBe((2, "", $"granary: {sentence}{Environment.NewLine}"));
    }

    [Fact]
    public async Task A_file_instead_of_a_command_is_answered_with_the_command_for_it()
    {
        using var folder = new TestFolder();
        var path = folder.Write("AAPL.csv", "x");

        var call = await GranaryCall.RunAsync(path);

        (call.ExitCode, call.Error.TrimEnd()).ShouldBe((2, $"granary: '{path}' is a file; did you mean 'granary backtest {path}'?"));
    }

    [Fact]
    public async Task The_samples_are_those_of_the_repository()
    {
        using var folder = new TestFolder();

        var call = await GranaryCall.RunAsync("new", "samples", "--in", folder.Path);

        call.ExitCode.ShouldBe(0, call.Error);
        var own = Path.Combine(SharedData.RepositoryRoot, "samples");
        var made = Path.Combine(folder.Path, "samples");
        foreach (var file in Directory.EnumerateFiles(own).Concat(Directory.EnumerateFiles(Path.Combine(own, "data"), "*.csv",
            SearchOption.AllDirectories)))
            File.ReadAllBytes(Path.Combine(made, Path.GetRelativePath(own, file))).ShouldBe(File.ReadAllBytes(file));
        (await GranaryCall.RunAsync("new", "samples", "--in", folder.Path)).ExitCode.ShouldBe(2);
    }
}
