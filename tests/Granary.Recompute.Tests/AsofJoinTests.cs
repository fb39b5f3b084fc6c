using System.Diagnostics;
using System.Globalization;
using Granary.Recompute.Tests.Running;
using Granary.Testing;

namespace Granary.Recompute.Tests;

/// <summary>
/// The values of slower series at the signals of a run are those that pandas joins, with odd times, equal times, missing values, a delay,
/// and a zone whose clocks change.
/// </summary>
public class AsofJoinTests
{
    private const string Python = "/usr/bin/python3";

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Python, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    [Theory]
    [InlineData(0, "UTC")]
    [InlineData(60, "America/New_York")]
    [InlineData(187, "Australia/Lord_Howe")]
    public async Task Each_signal_has_the_value_that_pandas_joins(int delay, string zone)
    {
        Assert.SkipUnless(File.Exists(Python) && Run("-c", "import pandas").Code == 0,
            "needs Python with pandas (apt-get install python3-pandas)");
        using var folder = new TemporaryFolder();
        var random = new Random(delay);
        string[] symbols = ["ONE", "TWO", "THREE"];
        // Around the changes of the clocks in March, April, October and November, with a gap of months between.
        DateTime[] starts = [new(2024, 3, 4), new(2024, 4, 1), new(2024, 9, 30), new(2024, 10, 30)];
        foreach (var symbol in symbols)
        {
            var (lines, price) = (new List<string> { "time,open,high,low,close,volume" }, 100.0);
            foreach (var start in starts)
                for (var i = 0; i < 400; i++)
                {
                    var close = Math.Round(price * (1 + 0.01 * (random.NextDouble() - 0.5)), 3);
                    lines.Add(string.Create(CultureInfo.InvariantCulture, $"{start.AddHours(i):yyyy-MM-dd HH:mm:ss},{price},"
                        + $"{Math.Max(price, close)},{Math.Min(price, close)},{close},1"));
                    price = close;
                }
            folder.Write($"bars/{symbol}.csv", string.Join('\n', lines.Distinct()) + "\n");
        }
        folder.Write("scores.csv", Scores(random, symbols, starts, TimeZoneInfo.FindSystemTimeZoneById(zone)));
        var stated = delay == 0 ? "" : $", \"delay\": \"{delay}m\"";
        var batch = folder.Write("asof.json", $$"""
            { "name": "asof", "data": { "source": "csv:bars", "symbols": "*", "timeframe": "1h",
                "asof": [ { "file": "scores.csv", "columns": "score", "as": "news.", "timeZone": "{{zone}}"{{stated}} } ] },
              "strategies": [ { "class": "FactorLevel",
                "params": { "factor": "column(news.score)", "low": [-0.3, -0.1, 0], "high": [0, 0.2] } } ],
              "outputs": "all" }
            """);
        await GranaryCommand.RunAsync("backtest", batch, "--out", folder.File("run"));
        var script = Path.Combine(SharedData.RepositoryRoot, "tests", "Granary.Recompute.Tests", "Python", "asof_join.py");
        var (code, output, error) = Run(script, folder.File("run/factors.csv"), folder.File("scores.csv"), "3600",
            delay.ToString(CultureInfo.InvariantCulture), zone);
        code.ShouldBe(0, error);
        var counts = output.Split(' ').Select(int.Parse).ToList();
        counts[0].ShouldBeGreaterThan(200);
        counts[1].ShouldBe(0, error);
    }

    // Times as the clocks of the zone show them, in order; some come twice with another value, some have none.
    private static string Scores(Random random, string[] symbols, DateTime[] starts, TimeZoneInfo zone)
    {
        var lines = new List<string> { "time,symbol,score" };
        foreach (var start in starts)
            for (var at = start; at < start.AddHours(420); at = at.AddSeconds(random.Next(5) == 0 ? 0 : random.Next(1, 20_000)))
            {
                if (random.Next(8) == 0) at = at.Date.AddHours(at.Hour + 1);
                if (zone.IsInvalidTime(DateTime.SpecifyKind(at, DateTimeKind.Unspecified))) continue;
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd HH:mm:ss},{symbols[random.Next(symbols.Length)]},"
                    + $"{(random.Next(7) == 0 ? "" : Math.Round(random.NextDouble() - 0.5, 3))}"));
            }
        return string.Join('\n', lines) + "\n";
    }
}
