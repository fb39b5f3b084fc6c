using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Cli.Tests;
using Granary.Testing;

namespace Granary.Scripting.Tests.StrategyFiles;

/// <summary><c>granary backtest FILE.cs --watch</c> as a process, whose file an editor saves.</summary>
public sealed partial class WatchTests : IDisposable
{
    private readonly FileUnderTest _file = new();
    private readonly BlockingCollection<string> _lines = [];

    public void Dispose()
    {
        _lines.Dispose();
        _file.Dispose();
    }

    // Returns the lines up to the next wait of the command.
    private string UntilWaiting()
    {
        var seen = new List<string>();
        while (_lines.TryTake(out var line, TimeSpan.FromMinutes(5)))
        {
            seen.Add(line);
            if (line.StartsWith("Waiting for", StringComparison.Ordinal)) return string.Join('\n', seen);
        }
        throw new TimeoutException(string.Join('\n', seen));
    }

    private void Save(string text)
    {
        // As editors do: a new file takes the place of the old one.
        var beside = _file.Folder.Write("Idea.cs~", text);
        File.Move(beside, _file.Folder.At("Idea.cs"), overwrite: true);
    }

    [Fact]
    public async Task Each_save_runs_again_and_shows_what_changed()
    {
        var path = _file.Folder.Write("Idea.cs", FileUnderTest.Idea);
        using var process = GranaryProcess.Start(_file.Folder.Path, "backtest", path, "--source", FileUnderTest.Source, "--symbols", "CRUX",
            "--no-guards", "--out", _file.Folder.At("runs"), "--watch");
        var output = ReadAsync(process.StandardOutput);
        var error = ReadAsync(process.StandardError);
        try
        {
            UntilWaiting().ShouldContain("1 trial on these bars, of which 1 new");

            Save(FileUnderTest.Idea.Replace("bar.Close >", "bar.Close > 1.01 *"));
            var changed = UntilWaiting();
            changed.ShouldContain("the portfolio before and now");
            changed.ShouldContain("2 trials on these bars, of which 1 new");
            ShowsTheFilesOfBothRuns(changed);

            Save(FileUnderTest.Idea.Replace("bar.Close >", "bar.Clos >"));
            UntilWaiting().ShouldContain("Idea.cs(12,17): error CS1061");

            File.WriteAllText(path, FileUnderTest.Idea);
            var back = UntilWaiting();
            back.ShouldContain("2 trials on these bars, of which 0 new");
            back.ShouldContain("Run 3:");
        }
        finally
        {
            await EndAsync(process, output, error);
        }
        Directory.GetDirectories(_file.Folder.At("runs")).Select(Path.GetFileName).Order().ShouldBe(["001", "002", "003"]);
    }

    // What the second run prints, from results.json and the trades of both.
    private void ShowsTheFilesOfBothRuns(string printed)
    {
        var (before, now) = (_file.Results("runs/001"), _file.Results("runs/002"));
        double Of(JsonElement run, string key) => run.GetProperty("portfolio").GetProperty("stats").GetProperty(key).GetDouble();
        void Row(string name, string key, double factor, string format)
        {
            string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
            var (was, changed) = (factor * Of(before, key), factor * Of(now, key));
            var difference = (changed > was ? "+" : "") + Text(changed - was);
            Spaces().Split(printed.Split('\n').Single(l => l.StartsWith(name + "  ", StringComparison.Ordinal)).Trim())
                .ShouldBe([name, Text(was), Text(changed), difference]);
        }
        Row("Return (%)", "totalReturn", 100, "N2");
        Row("Sharpe", "sharpe", 1, "N2");
        Row("Max drawdown (%)", "maxDrawdown", 100, "N2");
        Row("Trades", "trades", 1, "N0");

        var (first, second) = (Entries("runs/001"), Entries("runs/002"));
        printed.ShouldContain($"time of entry: {second.Except(first).Count():N0} gained");
        printed.ShouldContain($"{first.Except(second).Count():N0} lost");
        var checks = now.GetProperty("guards");
        var best = Math.Max(checks.GetProperty("expectedMaximum").GetDouble(), checks.GetProperty("winnersOfNothing").GetDouble());
        var annual = (best * Math.Sqrt(365.25 / 7)).ToString("0.00", CultureInfo.InvariantCulture);
        printed.ShouldContain($"an annual Sharpe ratio of {annual}");
    }

    // Entries of one strategy in one symbol: side and time are enough to tell them apart.
    private List<string> Entries(string run) =>
        [.. CsvRows.Of(_file.Folder.At(run + "/portfolio_trades.csv")).Select(t => $"{t["side"]} {t["entry_time"]}")];

    [Fact]
    public async Task A_signal_ends_the_watch_cleanly()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no signal that a test can send");
        var path = _file.Folder.Write("Idea.cs", FileUnderTest.Idea);
        using var process = GranaryProcess.Start(_file.Folder.Path, "backtest", path, "--source", FileUnderTest.Source, "--symbols", "BOLT",
            "--no-guards", "--out", _file.Folder.At("runs"), "--watch");
        var output = ReadAsync(process.StandardOutput);
        var error = ReadAsync(process.StandardError);
        try
        {
            UntilWaiting();
            const int Terminate = 15;
            kill(process.Id, Terminate).ShouldBe(0);
            await process.WaitForExitAsync();
        }
        finally
        {
            await EndAsync(process, output, error);
        }
        process.ExitCode.ShouldBe(0);
        _lines.ShouldContain(l => l.StartsWith("Stopped after 1 run", StringComparison.Ordinal));
    }

    // Also after a failure: otherwise the watch runs on.
    private static async Task EndAsync(Process process, params Task[] outputs)
    {
        process.Kill(entireProcessTree: false);
        await process.WaitForExitAsync();
        await Task.WhenAll(outputs);
    }

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);

    private async Task ReadAsync(StreamReader from)
    {
        while (await from.ReadLineAsync() is { } line) _lines.Add(line);
    }

    [GeneratedRegex(" {2,}", RegexOptions.NonBacktracking)]
    private static partial Regex Spaces();
}
