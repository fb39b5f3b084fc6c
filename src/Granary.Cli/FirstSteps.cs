namespace Granary.Cli;

/// <summary>The output of <c>granary</c> without arguments: first commands of a new user, which work in the current folder.</summary>
internal static class FirstSteps
{
    public static void Write(TextWriter output, string folder, string application)
    {
        output.WriteLine("Granary: one strategy in a backtest, on paper and live; thousands side by side.");
        output.WriteLine();
        foreach (var (command, text) in Lines(SampleFor(folder, application))) output.WriteLine($"  {command,-52}  {text}");
    }

    private static IEnumerable<(string Command, string Text)> Lines(string? sample)
    {
        if (sample is not null) yield return ($"granary backtest {sample}", "a first run, with a table and a report");
        yield return ("granary serve", "the dashboard, at http://127.0.0.1:8080");
        yield return ("granary new strategy MyCross", "a strategy of your own: its folder builds and runs");
        yield return ("granary backtest BATCH.json", "your own batch file");
        yield return ("granary doctor", "what is installed, reachable and writable");
        yield return ("granary --help", "all commands");
    }

    // The sample as the user can name it; null if neither the folder nor the repository of the program has it.
    private static string? SampleFor(string folder, string application)
    {
        var own = Path.Combine("samples", "quickstart.json");
        if (File.Exists(Path.Combine(folder, own))) return own;
        for (var at = new DirectoryInfo(application); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, own)))
                return Path.Combine(at.FullName, own) is var path && path.Contains(' ') ? $"\"{path}\"" : path;
        return null;
    }
}
