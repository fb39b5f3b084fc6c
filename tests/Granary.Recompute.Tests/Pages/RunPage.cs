using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>What the pages of backtests, walk-forwards and live sessions have in common, table by table and chart by chart.</summary>
internal static class RunPage
{
    /// <param name="benchmark">Its name on the page; null without one.</param>
    public static void Check(PageCheck check, RunFigures run, string? benchmark = null)
    {
        var account = new AccountFigures(run.Rows, run.Trades, run.Cash, Calendar.PeriodsPerYear([.. run.Rows.Select(r => r.Time)]),
            run.Markets.Multipliers);
        var name = benchmark ?? "";
        var theirs = run.BenchmarkRows is { } b ? WithDays(b) : null;
        var statistics = account.Statistics();
        check.Headline(new Cells
        {
            ["Total return"] = account.Curve.TotalReturn,
            ["Sharpe ratio"] = account.Curve.Sharpe,
            ["Max drawdown"] = account.Curve.MaxDrawdown,
            ["Volatility"] = account.Curve.Volatility,
            ["Trades"] = run.Closed.Count,
            ["Strategies"] = run.Files.Strategies.Count,
        });
        foreach (var caption in new[] { "Return", "Risk", "Return for risk", "Trades" }) check.Pairs(caption, statistics, theirs);
        check.Pairs("Exposure and turnover", account.Exposure());
        if (run.Trades.Count > 0) check.Pairs("Costs", account.Costs());
        var closes = new BareCurve([.. run.Closes.Select(c => c.Row.Time)], [.. run.Closes.Select(c => c.Row.Equity)]);
        new CurveTables(check, closes, run.Cash, run.Benchmark, name).Check();
        var every = new BareCurve([.. run.Rows.Select(r => r.Time)], [.. run.Rows.Select(r => r.Equity)], account.PeriodsPerYear);
        CurveTables.Drawdowns(check, every, Cell.Date);
        ReturnTables.Distribution(check, "day", run.Daily.Returns, run.Daily.Invested);
        ReturnTables.Spans(check, run.Daily.Returns, closes);
        ReturnTables.Rolling(check, closes, run.Benchmark, name);
        if (run.BenchmarkRows is { } other) ReturnTables.Benchmark(check, run.AtBenchmark!, other, name);
        Charts(check, run, every, name);
        new AccountTables(check, run).Check();
        new StrategyTables(check, run).Check();
        new PackedCharts(check, run).Check();
        new StrategyMarkup(check, run).Check();
        new TradeTables(check, run).Check();
        ConditionTables.Page(check, run);
        ResamplingTables.Page(check, run.Files.Results);
        AllocationTables.Page(check, run);
        new ValidationTables(check, run).Check();
        check.Words("Definitions and their sources");
        new RunSentences(check, run, account, name).Check();
    }

    // A benchmark's own figures at its rows, and under the names of days those of its days.
    private static Cells WithDays(BareCurve benchmark)
    {
        var cells = benchmark.Statistics();
        // The first point is the start; it belongs to the first day.
        var days = benchmark.Times.Zip(benchmark.Values).Skip(1).GroupBy(p => p.First.Date)
            .Select(g => (Time: g.Key, Value: g.Last().Second)).ToList();
        var ofDays = new BareCurve([benchmark.Times[0].Date, .. days.Select(d => d.Time)],
            [benchmark.Values[0], .. days.Select(d => d.Value)]).Statistics();
        cells["Days with a gain"] = ofDays["Periods profitable"];
        cells["Days in the market with a gain"] = ofDays["Periods in the market profitable"];
        foreach (var (ofDay, ofPeriod) in new[] { (" of a day, 95%", ", 95%"), (" of a day in the market, 95%", ", 95%, in the market") })
            foreach (var figure in new[] { "Value at risk", "Expected shortfall" }) cells[figure + ofDay] = ofDays[figure + ofPeriod];
        return cells;
    }

    private static void Charts(PageCheck check, RunFigures run, BareCurve every, string name)
    {
        var equity = new Dictionary<string, IReadOnlyDictionary<DateTime,
            double>>
        { [run.Benchmark is null ? "Equity" : "Portfolio"] = ReturnTables.Series(run.Rows, r => r.Equity) };
        if (run.Benchmark is { } b) equity[name] = b.Times.Zip(b.Values).ToDictionary(p => p.First, p => p.Second);
        check.Chart("Equity", equity);
        var depths = every.Depths();
        check.Chart("Drawdown", new Dictionary<string, IReadOnlyDictionary<DateTime,
            double>>
        { ["Drawdown"] = every.Times.Zip(depths).ToDictionary(p => p.First, p => -p.Second) });
        check.Chart("Gross exposure, share of equity", new Dictionary<string, IReadOnlyDictionary<DateTime, double>>
        {
            ["Gross exposure"] = ReturnTables.Series(run.Rows, r => r.Equity > 0 ? r.Exposure / r.Equity : double.NaN),
        });
    }
}
