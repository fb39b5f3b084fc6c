using System.Globalization;
using Granary.Client;
using Granary.Contracts.Runs;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>The figures of a report's charts over HTTP, computed again from the run's CSV files.</summary>
public sealed class RunAnalysisOverHttpTests(RealServer real) : IClassFixture<RealServer>
{
    private static readonly string s_bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars");

    private static string Batch(string outputs) => $$"""
        {
          "name": "analysed",
          "data": { "source": "csv:{{s_bars}}", "symbols": ["alpha-daily", "beta-daily"], "timeframe": "1d" },
          "account": { "cash": 100000 },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [3, 5, 10], "slow": [20, 30] }, "sides": "long",
            "size": { "units": 10 } } ],
          "portfolio": { "weights": "equal" },
          "benchmark": "alpha-daily",
          "outputs": {{outputs}}
        }
        """;

    [Fact]
    public async Task The_figures_follow_from_the_equity_the_trades_and_the_bars_of_the_run()
    {
        var server = real.Server;
        using var client = new ApiClient(server.Address);
        var run = await server.UntilAsync((await server.SubmitAsync(Batch("\"all\""))).Id, s => s.Ended);
        run.Fault.ShouldBeNull();
        var analysis = await client.Runs.AnalysisAsync(run.Id);
        var rows = Rows("equity.csv");
        List<double> equity = [.. rows.Select(r => Number(r["equity"]))];
        Rolling(analysis.Rolling!, [.. rows.Select(r => Time(r["time"]))], equity);

        // The first return is that from the starting cash.
        double[] returns = [.. equity.Prepend(100_000).Zip(equity, (before, after) => after / before - 1)];
        var all = analysis.Returns!.Rows[0];
        (analysis.Returns.Period, all.InMarket).ShouldBe(("day", false));
        all.Worst.ShouldBe(returns.Min(), 1e-12);
        all.Best.ShouldBe(returns.Max(), 1e-12);
        analysis.Returns.InMarket.Counts.Sum().ShouldBe(analysis.Returns.Rows[^1].Count);

        List<Dictionary<string, string>> closed = [.. Rows("portfolio_trades.csv").Where(t => t["exit_reason"] != "open")];
        (analysis.Trades!.OfPortfolio, analysis.Trades.Trades).ShouldBe((true, closed.Count));
        analysis.Trades.Points.Select(p => Math.Round(p.Return, 9)).Order()
            .ShouldBe(closed.Select(t => Math.Round(Number(t["return"]), 9)).Order());
        analysis.Trades.Returns.Counts.Sum().ShouldBe(closed.Count);
        analysis.Trades.Rows[0].Adverse!.Value.ShouldBe(analysis.Trades.Points.Average(p => p.Adverse), 1e-9);
        Groups(analysis.Trades.Groups, closed);
        Drawdowns(analysis.Drawdowns, [.. rows.Select(r => Time(r["time"]))], equity);
        Spans(analysis.Returns.Spans, returns, [.. rows.Select(r => Time(r["time"]))], equity);

        var (strategies, values) = (analysis.Correlation!.Strategies, analysis.Correlation.Values);
        foreach (var id in strategies) Rows("trades.csv").ShouldContain(t => t["strategy"] == id);
        for (var i = 0; i < strategies.Count; i++)
        {
            values[i][i].ShouldBe(1);
            for (var j = 0; j < i; j++) values[i][j].ShouldBe(values[j][i]);
        }

        var benchmark = analysis.Benchmark!;
        var closes = File.ReadLines(Directory.GetFiles(s_bars, "alpha-daily*").Single()).Skip(1).Select(l => l.Split(','))
            .ToDictionary(f => Time(f[0]).Date, f => Number(f[5]));
        benchmark.Name.ShouldContain("alpha-daily");
        for (var i = 1; i < benchmark.Times.Count; i++)
            (benchmark.Values[i] / benchmark.Values[0]).ShouldBe(closes[benchmark.Times[i].Date] / closes[benchmark.Times[0].Date], 1e-9);

        List<Dictionary<string, string>> Rows(string file) => CsvRows.Of(Path.Combine(server.Folder, run.Id, file));
    }

    [Fact]
    public async Task A_run_without_a_report_says_which_output_it_needs()
    {
        var server = real.Server;
        var run = await server.UntilAsync((await server.SubmitAsync(Batch("[\"results\", \"equity\"]"))).Id, s => s.Ended);
        using var answer = await server.Client.GetAsync($"/api/v1/runs/{run.Id}/analysis");
        (await answer.ProblemAsync(404)).ShouldContain("\"report\" among its outputs");
        using var unknown = await server.Client.GetAsync("/api/v1/runs/nothing/analysis");
        (await unknown.ProblemAsync(404)).ShouldContain("there is no run nothing here");
    }

    // Each closed trade is in one group of each property.
    private static void Groups(IReadOnlyList<TradeGroupRow> groups, List<Dictionary<string, string>> closed)
    {
        foreach (var (by, column) in new[] { ("side", "side"), ("exitReason", "exit_reason"), ("symbol", "symbol") })
        {
            var expected = closed.GroupBy(t => t[column]).ToDictionary(g => g.Key, g => g.ToList());
            groups.Where(g => g.By == by).Select(g => g.Value).Order().ShouldBe(expected.Keys.Order());
            foreach (var group in groups.Where(g => g.By == by))
            {
                double[] net = [.. expected[group.Value].Select(t => Number(t["pnl_net"]))];
                group.Trades.ShouldBe(net.Length);
                group.NetProfit.ShouldBe(net.Sum(), 1e-6);
                group.WinRate!.Value.ShouldBe(net.Count(n => n > 0) / (double)net.Length, 1e-12);
                group.AverageReturn!.Value.ShouldBe(expected[group.Value].Average(t => Number(t["return"])), 1e-9);
                group.AverageBars!.Value.ShouldBe(expected[group.Value].Average(t => Number(t["bars"])), 1e-9);
                if (net.Any(n => n < 0))
                    group.ProfitFactor!.Value.ShouldBe(net.Where(n => n > 0).Sum() / -net.Where(n => n < 0).Sum(), 1e-9);
            }
        }
        groups.Where(g => g.By == "class").Sum(g => g.Trades).ShouldBe(closed.Count);
    }

    private static void Drawdowns(IReadOnlyList<DrawdownSpan> drawdowns, List<DateTime> times, List<double> equity)
    {
        var deepest = Enumerable.Range(0, equity.Count).MaxBy(i => 1 - equity[i] / equity.Take(i + 1).Max());
        var top = equity.Take(deepest + 1).Max();
        drawdowns[0].Depth.ShouldBe(1 - equity[deepest] / top, 1e-12);
        drawdowns[0].Trough.ShouldBe(times[deepest]);
        drawdowns[0].Peak.ShouldBe(times[equity.LastIndexOf(top, deepest)]);
        var recovery = equity.FindIndex(deepest, e => e >= top);
        drawdowns[0].Recovery.ShouldBe(recovery < 0 ? null : times[recovery]);
        drawdowns.Select(d => d.Depth).ShouldBeInOrder(SortDirection.Descending);
    }

    private static void Spans(IReadOnlyList<SpanReturns> spans, double[] days, List<DateTime> times, List<double> equity)
    {
        spans.Select(s => s.Span).ShouldBe(["day", "week", "month", "quarter", "year"]);
        (spans[0].Worst, spans[0].Best).ShouldBe((days.Min(), days.Max()));
        var ends = times.Select((t, i) => (t.Year, i)).GroupBy(t => t.Year).Select(g => g.Last().i).ToList();
        double[] years = [.. ends.Select((end, n) => equity[end] / equity[n == 0 ? 0 : ends[n - 1]] - 1).Order()];
        var row = spans[^1];
        row.Count.ShouldBe(years.Length);
        (row.Worst, row.Best).ShouldBe((years[0], years[^1]));
        row.Mean.ShouldBe(years.Average(), 1e-12);
        // Linear interpolation between the values in order.
        var at = 0.25 * (years.Length - 1);
        row.LowerQuartile.ShouldBe(years[(int)at] + (at - (int)at) * (years[(int)at + 1] - years[(int)at]), 1e-12);
    }

    private static void Rolling(RollingFigures rolling, List<DateTime> times, List<double> equity)
    {
        // Every second window of the long record, the last one too.
        (rolling.Times.Count, rolling.Times[^1]).ShouldBe(((equity.Count - rolling.Window) / 2, times[^1]));
        double? scale = null;
        for (var i = 0; i < rolling.Times.Count; i++)
        {
            var end = times.IndexOf(rolling.Times[i]);
            var part = Enumerable.Range(end - rolling.Window + 1, rolling.Window).Select(n => equity[n] / equity[n - 1] - 1).ToList();
            var mean = part.Average();
            var deviation = Math.Sqrt(part.Sum(r => (r - mean) * (r - mean)) / (part.Count - 1));
            rolling.Return[i]!.Value.ShouldBe(equity[end] / equity[end - rolling.Window] - 1, 1e-12);
            if (deviation == 0) continue;
            // One factor annualises all windows.
            scale ??= rolling.Volatility[i]!.Value / deviation;
            rolling.Volatility[i]!.Value.ShouldBe(deviation * scale.Value, 1e-6);
            rolling.Sharpe[i]!.Value.ShouldBe(mean / deviation * scale.Value, 1e-4);
            var losses = Math.Sqrt(part.Average(r => r < 0 ? r * r : 0));
            rolling.Sortino[i]!.Value.ShouldBe(mean / losses * scale.Value, 1e-4);
        }
        scale!.Value.ShouldBe(Math.Sqrt(252), 0.5);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static DateTime Time(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
