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
        var theirs = run.Benchmark is { } b ? OfDays(b) : null;
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
        ReturnTables.Rolling(check, closes, run.Benchmark, name);
        if (run.Benchmark is { } other) ReturnTables.Benchmark(check, closes, other, name);
        Charts(check, run, every, name);
        new AccountTables(check, run).Check();
        new StrategyTables(check, run).Check();
        new PackedCharts(check, run).Check();
        new StrategyMarkup(check, run).Check();
        new TradeTables(check, run).Check();
        ConditionTables.Page(check, run);
        new ValidationTables(check, run).Check();
        check.Words("Definitions and their sources");
        new RunSentences(check, run, account, name).Check();
    }

    // By days: a benchmark's own figures, also under the names that the account's days have.
    private static Cells OfDays(BareCurve benchmark)
    {
        List<DateTime> days = [.. benchmark.Times.Select(t => t.Date)];
        // The start is no day.
        var perYear = Calendar.PeriodsPerYear(days);
        if (days[0] == days[1]) days[0] = days[0].AddTicks(-1);
        var cells = new BareCurve(days, benchmark.Values, perYear).Statistics();
        cells["Days with a gain"] = cells["Periods profitable"];
        cells["Days in the market with a gain"] = cells["Periods in the market profitable"];
        foreach (var (ofDay, ofPeriod) in new[] { (" of a day, 95%", ", 95%"), (" of a day in the market, 95%", ", 95%, in the market") })
            foreach (var figure in new[] { "Value at risk", "Expected shortfall" }) cells[figure + ofDay] = cells[figure + ofPeriod];
        return cells;
    }

    private static void Charts(PageCheck check, RunFigures run, BareCurve every, string name)
    {
        var equity = new Dictionary<string, IReadOnlyDictionary<DateTime,
            double>>
        { [run.Benchmark is null ? "Equity" : "Portfolio"] = ReturnTables.Series(run.Rows, r => r.Equity) };
        if (run.Benchmark is { } b) equity[name] = b.Times.Zip(b.Values)
            .ToDictionary(p => p.First, p => p.Second / b.Values[0] * run.Closes[0].Row.Equity);
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
