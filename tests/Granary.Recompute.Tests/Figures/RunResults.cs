using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>
/// What results.json says of a run outside of its validation checks: strategies, weights, the portfolio, its decisions and the notes.
/// </summary>
/// <param name="rule">Of the weights: winners, equal, given or windows.</param>
internal sealed class RunResults(ResultsCheck check, RunFigures run, string rule)
{
    private readonly JsonElement _results = run.Files.Results;

    public void Check()
    {
        check.Listed("batch|run", "names of the batch and of the run's folder");
        check.Listed("digest", "a hash");
        foreach (var (i, strategy) in run.Files.Strategies.Index()) Strategy($"strategies[{i}].", strategy);
        Weights();
        Statistics("portfolio.stats.", run.Files.PortfolioStats, run.Rows, run.Trades);
        check.Number("portfolio.traded", run.Fills.Sum(f => f.Quantity * f.Price * run.Markets.Multiplier(f.Symbol)));
        Benchmark();
        Decisions();
        Notes();
        ConditionTables.Results(check, run);
        ResamplingTables.Results(check, run);
        AllocationTables.Results(check, run);
    }

    private bool IsWalkForward => _results.TryGetProperty("walkForward", out _);

    // The id says class, parameters, market and timeframe; so do the keys beside it.
    private void Strategy(string path, JsonElement strategy)
    {
        var id = strategy.GetProperty("id").GetString()!;
        var parts = Regex.Match(id, @"^(\w+)(?:\((.*)\))?@(.+?):(\w+)((?::\w+)?(?:#.+)?)$");
        parts.Success.ShouldBeTrue(id);
        check.Text(path + "id", id);
        check.Text(path + "timeframe", parts.Groups[4].Value);
        if (parts.Groups[3].Value.Any(char.IsDigit)) check.Text(path + "symbol", parts.Groups[3].Value);
        strategy.GetProperty("class").GetString().ShouldBe(parts.Groups[1].Value);
        strategy.GetProperty("symbol").GetString().ShouldBe(parts.Groups[3].Value);
        foreach (var parameter in parts.Groups[2].Value.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')))
            if (double.TryParse(parameter[1], out var number)) check.Number($"{path}params.{parameter[0]}", number);
            else if (parameter[1].Any(char.IsDigit)) check.Text($"{path}params.{parameter[0]}", parameter[1]);
        // The account of a group of a walk-forward has the rows of the portfolio.
        var trades = run.Files.TradesOf(id);
        if (IsWalkForward)
            // The parameters that were chosen last.
            check.Listed(Regex.Escape(path) + @"params\..*", "compared as the group's last choice");
        Statistics(path + "stats.", strategy.GetProperty("stats"), IsWalkForward ? GroupRows(trades) : run.OwnRows(strategy), trades);
    }

    private List<EquityRow> GroupRows(IReadOnlyList<TradeRow> trades) =>
        new RebuiltAccount(run.Cash, run.Commission, run.Markets.Multipliers).Rows(trades, run.Markets.Bars.ToDictionary(m => m.Key,
            m => m.Value.Where(b => b.Time >= run.Rows[0].Time && b.Time <= run.Rows[^1].Time).ToList()));

    // Of strategies that do the same the first counts.
    private void Weights()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var strategies = run.Files.Strategies;
        var first = strategies.Select(s => FilteredStrategy.TradesOf(s.GetProperty("symbol").GetString()!,
            run.Files.TradesOf(s.GetProperty("id").GetString()!))).Select(t => t.Length == 0 || seen.Add(t)).ToList();
        for (var i = 0; i < strategies.Count; i++)
        {
            var shown = strategies[i].GetProperty("weight").GetDouble();
            check.Number($"strategies[{i}].weight", rule switch
            {
                "winners" => first[i] && RunFigures.Stat(strategies[i], "totalReturn") > 0 ? 1 : 0,
                "equal" => first[i] ? 1.0 / first.Count(f => f) : 0,
                "windows" => 1.0 / strategies.Count,
                _ => shown is 0 or 1 ? shown : double.NaN,
            });
        }
    }

    private void Statistics(string path, JsonElement stats, IReadOnlyList<EquityRow> rows, IReadOnlyList<TradeRow> trades)
    {
        var perYear = Calendar.PeriodsPerYear([.. rows.Select(r => r.Time)]);
        var account = new AccountFigures(rows, trades, run.Cash, perYear, run.Markets.Multipliers);
        var (curve, closed) = (account.Curve, account.Closed);
        Cells? days = null, exposure = null;
        double Day(string name) => (days ??= account.Statistics())[name].Number;
        double Exposed(string name) => (exposure ??= account.Exposure())[name].Number;
        foreach (var figure in stats.EnumerateObject())
        {
            double? expected = figure.Name switch
            {
                "trades" => closed.Trades,
                "winRate" => closed.WinRate,
                "expectancy" => closed.Expectancy,
                "averageWin" => closed.AverageWin,
                "averageLoss" => closed.AverageLoss,
                "profitFactor" => closed.ProfitFactor,
                "netProfit" => closed.NetProfit,
                "totalReturn" => curve.TotalReturn,
                "cagr" => curve.Cagr,
                "volatility" => curve.Volatility,
                "sharpe" => curve.Sharpe,
                "sortino" => curve.Sortino,
                "calmar" => curve.Calmar,
                "maxDrawdown" => curve.MaxDrawdown,
                "maxDrawdownDays" => curve.MaxDrawdownDays,
                "monthsProfitable" => curve.MonthsProfitable,
                "weeksProfitable" => curve.WeeksProfitable,
                "finalEquity" => curve.FinalEquity,
                "periods" => curve.Periods,
                "periodsPerYear" => perYear,
                "exposure" => (double)rows.Count(r => r.IsInvested) / rows.Count,
                "commission" => trades.Sum(t => t.Commission),
                "equityAverage" => rows.Average(r => r.Equity),
                "grossExposureAverage" => Exposed("Gross exposure on average"),
                "grossExposureMost" => Exposed("Gross exposure at the most"),
                "days" => account.Daily.Returns.Length,
                "daysInMarket" => Day("Days in the market"),
                "daysProfitable" => Day("Days with a gain"),
                "daysLosing" => Day("Days with a loss"),
                "daysProfitableInMarket" => Day("Days in the market with a gain"),
                "daysLosingInMarket" => Day("Days in the market with a loss"),
                "dailyVar95" => Day("Value at risk of a day, 95%"),
                "dailyCvar95" => Day("Expected shortfall of a day, 95%"),
                "dailyVar95InMarket" => Day("Value at risk of a day in the market, 95%"),
                "dailyCvar95InMarket" => Day("Expected shortfall of a day in the market, 95%"),
                // Others have checks of their own; what has none stays, and fails.
                _ => null,
            };
            if (expected is { } value) check.Number(path + figure.Name, value);
        }
    }

    /// <summary>The figures against the benchmark.</summary>
    public void Benchmark()
    {
        if (run.BenchmarkRows is not { } benchmark) return;
        var closes = run.AtBenchmark!;
        var (own, other) = (closes.Returns, benchmark.Returns);
        double[] excess = [.. own.Zip(other, (r, b) => r - b)];
        var root = Math.Sqrt(closes.PeriodsPerYear);
        const string Path = "portfolio.stats.";
        // Of an account that has lost everything no ratio is defined.
        var whole = own.Contains(-1) ? double.NaN : 1;
        check.Number(Path + "benchmarkReturn", benchmark.TotalReturn);
        check.Number(Path + "benchmarkPeriodsPerYear", benchmark.PeriodsPerYear);
        check.Number(Path + "beta", ReturnTables.Slope(own, other));
        check.Number(Path + "alpha", whole * ReturnTables.Alpha(closes, benchmark));
        check.Number(Path + "correlation", ReturnTables.Correlation(own, other));
        check.Number(Path + "trackingError", CurveFigures.Deviation(excess) * root);
        check.Number(Path + "informationRatio", whole * excess.Average() / CurveFigures.Deviation(excess) * root);
    }

    // As signals.csv has them.
    private void Decisions()
    {
        if (!_results.GetProperty("portfolio").TryGetProperty("decisions", out var decisions) || !decisions.EnumerateObject().Any()) return;
        var table = CsvTable.Read(Path.Combine(run.Files.Folder, "signals.csv"));
        var weighted = run.Files.Weighted.Select(s => s.GetProperty("id").GetString()!).ToHashSet();
        var counts = table.Rows.Where(r => weighted.Contains(table.Text(r, "strategy"))).CountBy(r => table.Text(r, "decision"))
            .ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
        foreach (var decision in decisions.EnumerateObject())
            check.Number("portfolio.decisions." + decision.Name, counts.GetValueOrDefault(decision.Name));
    }

    // The sentences are compared with the figures by the check of the page.
    private void Notes()
    {
        if (!_results.TryGetProperty("notes", out var notes)) return;
        foreach (var (i, note) in notes.EnumerateArray().Index())
        {
            var (path, sentence) = ($"notes[{i}].", note.GetProperty("sentence").GetString()!);
            double[] numbers = [.. Regex.Matches(Regex.Replace(sentence, @"\d{4}-\d\d-\d\d|\w+\(.*?\)@\S+", ""), @"\d[\d,]*")
                .Select(m => double.Parse(m.Value.Replace(",", "", StringComparison.Ordinal)))];
            check.Sentences(Regex.Escape(path + "sentence"));
            switch (note.GetProperty("code").GetString())
            {
                case "ruined" when sentence.StartsWith("The portfolio", StringComparison.Ordinal): check.Number(path + "count", 1); break;
                case "in-sample": check.Number(path + "count", run.Files.Weighted.Count()); break;
                case "cash-short" or "data-ended": check.Number(path + "count", numbers.Sum()); break;
                case "data-finding": check.Listed(Regex.Escape(path + "count"), "findings, which the check of the page compares"); break;
                case "benchmark": check.Number(path + "count", run.BenchmarkRows!.Times.Count); break;
                case "fractional-shares": check.Listed(Regex.Escape(path + "count"), "symbols that the sentence names"); break;
                default: check.Number(path + "count", numbers.Length > 0 ? numbers[0] : 1); break;
            }
        }
    }
}
