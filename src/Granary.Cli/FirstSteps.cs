namespace Granary.Cli;

/// <summary>
/// <c>granary</c> without arguments. In a terminal it is a menu of first commands, which runs the chosen one; in a pipe it prints them.
/// </summary>
internal static class FirstSteps
{
    private static readonly (string[] Command, string Text)[] s_choices =
    [
        (["quickstart"], "a first run on sample markets, with a report"),
        (["serve"], "the dashboard, at http://127.0.0.1:8080"),
        (["backtest", "FILE"], "your own file of bars, such as AAPL.csv"),
    ];

    /// <summary>Prints the first commands.</summary>
    public static void Write(TextWriter output)
    {
        output.WriteLine("Granary: one strategy in a backtest, on paper and live; thousands side by side.");
        output.WriteLine();
        foreach (var (command, text) in s_choices) output.WriteLine($"  {Words(command),-24}  {text}");
        output.WriteLine($"  {"granary --help",-24}  all commands");
    }

    /// <summary>Asks for one of the first commands.</summary>
    /// <param name="readLine">Returns the next line that the user typed; null if the user left.</param>
    /// <returns>The arguments of the command; null if the user left.</returns>
    public static string[]? Ask(TextWriter output, Func<string?> readLine)
    {
        output.WriteLine("Granary: one strategy in a backtest, on paper and live; thousands side by side.");
        output.WriteLine();
        for (var i = 0; i < s_choices.Length; i++)
            output.WriteLine($"  {i + 1}  {Words(s_choices[i].Command),-24}  {s_choices[i].Text}");
        output.WriteLine();
        while (true)
        {
            output.Write($"1 to {s_choices.Length} and Enter, or Esc: ");
            if (readLine()?.Trim() is not { } line || line is "q" or "Q") return null;
            if (line.Length == 0) continue;
            if (line is [var digit] && digit - '1' is var index && index >= 0 && index < s_choices.Length)
                return s_choices[index].Command is [var verb, "FILE"] ? AskFile(output, readLine, verb) : s_choices[index].Command;
            output.WriteLine($"'{line}' is none of 1 to {s_choices.Length}.");
        }
    }

    private static string[]? AskFile(TextWriter output, Func<string?> readLine, string verb)
    {
        while (true)
        {
            output.Write("Path of the file: ");
            if (readLine() is not { } line) return null;
            // A file that is dropped on a terminal comes with quotes.
            var path = line.Trim().Trim('\'', '"');
            if (path.Length == 0) continue;
            if (File.Exists(path)) return [verb, path];
            output.WriteLine($"{path} does not exist.");
        }
    }

    /// <summary>The command as a user types it.</summary>
    public static string Words(IEnumerable<string> command) =>
        "granary " + string.Join(' ', command.Select(w => w.Contains(' ', StringComparison.Ordinal) ? $"\"{w}\"" : w));
}
