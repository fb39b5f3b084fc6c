using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The figures of learned weights follow from the weights, the bars, and runs with weights that stay.</summary>
public class AllocatorRunTests
{
    [Fact]
    public async Task Figures_of_learned_weights_follow_from_the_run_and_from_runs_with_fixed_weights()
    {
        using var folder = new TemporaryFolder();
        var batch = new AllocatorBatch(folder);
        await GranaryCommand.RunAsync("backtest", batch.Write(), "--out", folder.File("run"), "--quiet", "--no-guards");
        var files = new RunFiles(folder.File("run"));
        var section = files.Results.GetProperty("allocator");
        var windows = section.GetProperty("windows").EnumerateArray().ToList();
        windows.Count.ShouldBeGreaterThan(2);

        CheckWeights(files, section);
        CheckWindows(files, windows);
        var run = new RunFigures(files, new MarketSet(batch.Markets), AllocatorBatch.Cash, AllocatorBatch.Commission);
        var own = files.Strategies.ToDictionary(s => s.GetProperty("id").GetString()!,
            s => WeeklyReturns.Of(run.OwnRows(s), AllocatorBatch.Cash));
        var different = new HashSet<string>();
        foreach (var window in windows)
        {
            var (from, to) = (window.GetProperty("from").GetDateTime(), To(windows, window));
            var strategies = window.GetProperty("strategies").EnumerateArray().Select(s => s.GetString()!).ToList();
            Baseline(window, "hold", "test").ShouldBe(batch.HoldGrowth(from, to), 1e-9);
            Baseline(window, "hold", "stressed").ShouldBe(batch.HoldGrowth(from, to), 1e-9);
            // Two windows are enough to know how the figures are made.
            if (windows.IndexOf(window) is not (var at and >= 0) || at != 0 && at != windows.Count - 1) continue;
            var weeks = Enumerable.Range(WeeklyReturns.Week(window.GetProperty("trainedFrom").GetDateTime()), 26).ToList();
            WeeklyReturns.Start(weeks[^1] + 1).ShouldBe(from);
            foreach (var name in new[] { "equal", "winners", "inverse-volatility", "minimum-variance" })
            {
                var weights = BaselineFigures.Of(name, [.. strategies.Select(s => weeks.Select(own[s].At).ToArray())]);
                different.Add(string.Join(' ', weights.Select(w => w.ToString("F4"))));
                Baseline(window, name, to is null ? "stressed" : "test").ShouldBe(await batch.GrowthAsync(
                    strategies.Zip(weights).ToDictionary(s => s.First, s => s.Second), from, to, isStressed: to is null), 1e-9, name);
            }
        }
        different.Count.ShouldBe(7, "only equal weights are the same in both windows");
        var results = new ResultsCheck(section);
        CheckJudgement(results, section, windows);
        results.Differences.ShouldBeEmpty();
        CheckPage(ReportPage.Read(Path.Combine(files.Folder, "report.html")), section, windows);
    }

    private static DateTime? To(List<JsonElement> windows, JsonElement window) =>
        windows.IndexOf(window) is var at && at + 1 < windows.Count ? windows[at + 1].GetProperty("from").GetDateTime() : null;

    private static double Baseline(JsonElement window, string name, string figure) => window.GetProperty("baselines").EnumerateArray()
        .Single(b => b.GetProperty("name").GetString() == name).GetProperty(figure).GetDouble();

    // weights.csv has every decision; entries take the weight of the last one before their order.
    private static void CheckWeights(RunFiles files, JsonElement section)
    {
        var table = CsvTable.Read(Path.Combine(files.Folder, "weights.csv"));
        var times = table.Rows.Select(r => table.Time(r, "time")).ToList();
        string[] names = [.. section.GetProperty("weights").GetProperty("strategies").EnumerateArray().Select(s => s.GetString()!)];
        foreach (var row in table.Rows)
        {
            double[] weights = [.. names.Select(n => table.Number(row, n))];
            weights.ShouldAllBe(w => w >= 0 && w <= 1);
            (weights.Sum() + table.Number(row, "cash")).ShouldBe(1, 1e-12);
        }
        var entries = CsvTable.Read(Path.Combine(files.Folder, "portfolio_trades.csv"));
        entries.Rows.Count.ShouldBeGreaterThan(20);
        foreach (var trade in entries.Rows)
        {
            var at = times.FindLastIndex(t => t <= entries.Time(trade, "entry_time"));
            entries.Number(trade, "weight").ShouldBe(table.Number(table.Rows[at], entries.Text(trade, "strategy")), 1e-15);
        }
        var shown = section.GetProperty("weights");
        foreach (var (time, values) in shown.GetProperty("time").EnumerateArray().Zip(shown.GetProperty("values").EnumerateArray()))
        {
            var row = table.Rows[times.IndexOf(new DateTime(time.GetInt64(), DateTimeKind.Utc))];
            values.EnumerateArray().Select(v => v.GetDouble()).ShouldBe(names.Select(n => table.Number(row, n)));
        }
    }

    private static void CheckWindows(RunFiles files, List<JsonElement> windows)
    {
        foreach (var window in windows)
        {
            var seeds = window.GetProperty("seeds").EnumerateArray().ToList();
            seeds.Count.ShouldBe(3);
            window.GetProperty("chosenSeed").GetInt64().ShouldBe(
                seeds.MaxBy(s => s.GetProperty("validation").GetDouble()).GetProperty("seed").GetInt64());
        }
        // The portfolio's account begins with the first window: its growth until the next window's first close is that of the chosen
        // seed's test. The last decision of the window has its return at that close.
        var first = windows[0].GetProperty("seeds").EnumerateArray()
            .Single(s => s.GetProperty("seed").GetInt64() == windows[0].GetProperty("chosenSeed").GetInt64());
        var last = files.Equity().First(r => r.Time.AddDays(1) >= windows[1].GetProperty("from").GetDateTime());
        first.GetProperty("test").GetDouble().ShouldBe(Math.Log(last.Equity / AllocatorBatch.Cash), 1e-9);
    }

    private static double[] Seeds(JsonElement window, string figure) =>
        [.. window.GetProperty("seeds").EnumerateArray().Select(s => s.GetProperty(figure).GetDouble())];

    private static void CheckJudgement(ResultsCheck results, JsonElement section, List<JsonElement> windows)
    {
        var lows = new List<double>();
        foreach (var (i, growth) in section.GetProperty("growth").EnumerateArray().Index())
        {
            var method = growth.GetProperty("method").GetString()!;
            var (value, low, high) = SeedFigures.InterquartileMean([.. windows.Select(w =>
                method == "ppo" ? Seeds(w, "test") : [Baseline(w, method, "test")])]);
            results.Number($"growth[{i}].value", value);
            results.Within($"growth[{i}].low", low, 0.005);
            results.Within($"growth[{i}].high", high, 0.005);
        }
        foreach (var (key, figure) in new[] { ("improvement", "test"), ("improvementStressed", "stressed") })
            foreach (var (i, improvement) in section.GetProperty(key).EnumerateArray().Index())
            {
                var name = improvement.GetProperty("baseline").GetString()!;
                var (value, low, high) = SeedFigures.Improvement([.. windows.Select(w => (Seeds(w, figure), Baseline(w, name, figure)))]);
                results.Number($"{key}[{i}].value", value);
                results.Within($"{key}[{i}].low", low, 0.12);
                results.Within($"{key}[{i}].high", high, 0.12);
                lows.Add(improvement.GetProperty("low").GetDouble());
            }
        section.GetProperty("promoted").GetBoolean().ShouldBe(lows.All(l => l > 0.5));
        lows.Count.ShouldBe(10);
    }

    // The chosen seed of the last window, and the mean of its seeds; updates in which no episode ended have no reward.
    private static void CheckCurves(ReportPage page, JsonElement section, long chosen)
    {
        var seeds = section.GetProperty("curves").EnumerateArray().ToList();
        seeds.Count.ShouldBe(3);
        var own = seeds.FindIndex(s => s.GetProperty("seed").GetInt64() == chosen);
        foreach (var (title, key) in new[] { ("reward", "reward"), ("entropy", "entropy"), ("KL divergence", "kl"),
            ("clip fraction", "clipFraction"), ("explained variance", "explainedVariance") })
        {
            double[][] curves = [.. seeds.Select(s => s.GetProperty("points").EnumerateArray()
                .Select(p => p.GetProperty(key) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : double.NaN).ToArray())];
            int[] at = [.. Enumerable.Range(0, curves[0].Length).Where(i => curves.All(c => double.IsFinite(c[i])))];
            at.Length.ShouldBeGreaterThan(2);
            var chart = page.Charts.Single(c => c.Title == $"Training of the last window: {title}");
            double[] expected = [.. at.Select(i => curves[own][i]), .. at.Select(i => curves.Average(c => c[i]))];
            double[] steps = [.. at.Select(i => seeds[own].GetProperty("points")[i].GetProperty("steps").GetDouble())];
            (double X, double Y)[] drawn = [.. chart.Paths["s1"], .. chart.Paths["s2"]];
            IsDrawnAt(title + ", steps", [.. steps, .. steps], [.. drawn.Select(p => p.X)], 1);
            IsDrawnAt(title, expected, [.. drawn.Select(p => p.Y)], 0.2);
        }
    }

    // The places of values on an axis without gaps: one line through the least and the greatest.
    private static void IsDrawnAt(string what, double[] values, double[] places, double tolerance)
    {
        places.Length.ShouldBe(values.Length, what);
        var (least, most) = (Array.IndexOf(values, values.Min()), Array.IndexOf(values, values.Max()));
        var scale = (places[most] - places[least]) / (values[most] - values[least]);
        Math.Abs(places[most] - places[least]).ShouldBeGreaterThan(20, what);
        foreach (var (value, place) in values.Zip(places)) place.ShouldBe(places[least] + scale * (value - values[least]), tolerance, what);
    }

    private static void CheckPage(ReportPage page, JsonElement section, List<JsonElement> windows)
    {
        var check = new PageCheck(page);
        check.List("Log growth of the windows that no policy had seen", JsonRecord.List(section, "growth"));
        check.List("Probability that the policy does better", [.. section.GetProperty("improvement").EnumerateArray()
            .Zip(section.GetProperty("improvementStressed").EnumerateArray(), (a, b) => new JsonRecord(a, b))]);
        check.List("Windows", [.. windows.Select(w => new JsonRecord(w, w.GetProperty("seeds").EnumerateArray()
            .Single(s => s.GetProperty("seed").GetInt64() == w.GetProperty("chosenSeed").GetInt64())))], "Weights learned by PPO");
        check.Differences.ShouldBeEmpty();

        var rows = section.GetProperty("weights");
        var chart = page.Charts.Single(c => c.Title == "Weights over time");
        chart.Lines.Count.ShouldBe(rows.GetProperty("strategies").GetArrayLength());
        var names = rows.GetProperty("strategies").EnumerateArray().Select(s => s.GetString()!).ToList();
        foreach (var line in chart.Lines)
            foreach (var (shown, values) in line.Values.Zip(rows.GetProperty("values").EnumerateArray()))
                shown.ShouldBe(values[names.IndexOf(line.Name)].GetDouble(), 1e-5);
        CheckCurves(page, section, windows[^1].GetProperty("chosenSeed").GetInt64());
        foreach (var symbol in new[] { "AAA", "BBB" }) page.Charts.Count(c => c.Title == $"{symbol}, states").ShouldBe(2);
    }
}
