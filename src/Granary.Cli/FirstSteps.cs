namespace Granary.Cli;

/// <summary>The output of <c>granary</c> without arguments: first commands of a new user, which work in the current folder.</summary>
internal static class FirstSteps
{
    /// <param name="folder">The current folder.</param>
    public static void Write(TextWriter output, string folder)
    {
        output.WriteLine("Granary: one strategy in a backtest, on paper and live; thousands side by side.");
        output.WriteLine();
        foreach (var (command, text) in Lines(File.Exists(Path.Combine(folder, "samples", "quickstart.json"))))
            output.WriteLine($"  {command,-42}  {text}");
    }

    private static IEnumerable<(string Command, string Text)> Lines(bool hasSamples)
    {
        if (!hasSamples) yield return ("granary new samples", "sample batches and their bars, in the folder samples");
        yield return ("granary backtest samples/quickstart.json", "a first run, with a table and a report");
        yield return ("granary serve", "the dashboard, at http://127.0.0.1:8080");
        yield return ("granary new strategy MyCross", "a strategy of your own: its folder builds and runs");
        yield return ("granary backtest BATCH.json", "your own batch file");
        yield return ("granary doctor", "what is installed, reachable and writable");
        yield return ("granary --help", "all commands");
    }
}
