using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>The pages that need no markets of their own: two runs compared, an equity curve analysed, an index replicated.</summary>
public class OtherPageTests(CombinedRuns runs)
{
    [Fact]
    public async Task Figures_of_a_comparison_follow_from_the_files_of_both_runs()
    {
        using var folder = new TemporaryFolder();
        await GranaryCommand.RunAsync("compare", runs.Shared.Folder, runs.Ruined.Folder, "--out", folder.File("compare.html"));
        var check = new PageCheck(ReportPage.Read(folder.File("compare.html")));
        new CompareTables(check, runs.Shared, runs.Ruined, CombinedBatch.Cash).Check();
        check.Demand(sentences: true);
    }

    [Fact]
    public async Task Figures_of_an_analysed_curve_follow_from_its_points()
    {
        using var folder = new TemporaryFolder();
        var market = new RandomMarket(77);
        var start = new DateTime(2017, 3, 1, 0, 0, 0, DateTimeKind.Utc);
        var (own, other) = (Curve(market, start, "own"), Curve(market, start, "other"));
        var json = await GranaryCommand.RunAsync("analyze", folder.Write("own.csv", own.Text), "--benchmark",
            folder.Write("other.csv", other.Text), "--out", folder.File("page.html"), "--json", "--paths", "400", "--seed", "9",
            "--ruin", "30");

        var check = new PageCheck(ReportPage.Read(folder.File("page.html")));
        var (curve, benchmark) = (own.Curve, other.Curve);
        var results = JsonDocument.Parse(json).RootElement;
        var numbers = new ResultsCheck(results.GetProperty("resampling"));
        ResamplingTables.Section(numbers, "", results.GetProperty("resampling"), [.. curve.Times.Zip(curve.Values)], [], _ => 400);
        numbers.Demand();
        ResamplingTables.Page(check, results);
        check.Headline(Headline(curve, benchmark));
        foreach (var caption in new[] { "Return", "Risk", "Return for risk" }) check.Pairs(caption, curve.Statistics(),
            benchmark.Statistics());
        new CurveTables(check, curve, curve.Values[0], benchmark, "other.csv").Check();
        CurveTables.Drawdowns(check, curve, Cell.Date);
        ReturnTables.Distribution(check, "day", curve.Returns, [.. curve.Returns.Select(r => r != 0)]);
        ReturnTables.Spans(check, curve.Returns, curve);
        ReturnTables.Rolling(check, curve, benchmark, "other.csv");
        ReturnTables.Benchmark(check, curve, benchmark, "other.csv");
        check.Chart("Equity", new Dictionary<string, IReadOnlyDictionary<DateTime, double>>
        {
            ["Curve"] = curve.Times.Zip(curve.Values).ToDictionary(p => p.First, p => p.Second),
            ["other.csv"] = benchmark.Times.Zip(benchmark.Values)
                .ToDictionary(p => p.First, p => p.Second / benchmark.Values[0] * curve.Values[0]),
        });
        check.Chart("Drawdown", new Dictionary<string, IReadOnlyDictionary<DateTime,
            double>>
        { ["Drawdown"] = curve.Times.Zip(curve.Depths()).ToDictionary(p => p.First, p => -p.Second) });
        check.Words("Definitions and their sources");
        CurveSentences.Check(check, curve, benchmark, "other.csv");
        check.Demand(sentences: true);
    }

    private static Cells Headline(BareCurve curve, BareCurve benchmark)
    {
        var cells = curve.Statistics();
        cells["Max drawdown"] = cells["Maximum drawdown"];
        cells["Alpha, yearly"] = ReturnTables.Alpha(curve, benchmark);
        return cells;
    }

    private static (BareCurve Curve, string Text) Curve(RandomMarket market, DateTime start, string name)
    {
        var bars = market.Bars(RandomMarket.Weekdays(start, 1500), 0.01, drift: 0.0004);
        return (new BareCurve([.. bars.Select(b => b.Time)], [.. bars.Select(b => b.Close)]),
            "date,equity\n" + string.Join('\n', bars.Select(b => $"{b.Time:yyyy-MM-dd},{b.Close}")) + "\n");
    }
}
