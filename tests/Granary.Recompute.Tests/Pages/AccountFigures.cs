using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The tables of statistics, exposure and costs of an account.</summary>
/// <param name="Rows">Of the account, one for each bar.</param>
/// <param name="Trades">All trades, open ones too.</param>
/// <param name="Cash">At the start.</param>
/// <param name="PeriodsPerYear">Rows of a year.</param>
/// <param name="Multipliers">By symbol; 1 for others.</param>
internal sealed record AccountFigures(
    IReadOnlyList<EquityRow> Rows, IReadOnlyList<TradeRow> Trades, double Cash, double PeriodsPerYear, IReadOnlyDictionary<string,
        double>? Multipliers = null)
{
    public CurveFigures Curve { get; } = new([.. Rows.Select(r => r.Time)], [.. Rows.Select(r => r.Equity)], Cash, PeriodsPerYear);

    public TradeFigures Closed { get; } = new(Trades);

    public DailyCurve Daily { get; } = new(Rows, Cash);

    /// <summary>Every figure of the tables Return, Risk, Return for risk and Trades, by its name on the page.</summary>
    public Cells Statistics()
    {
        var (daily, months) = (Daily.Returns, Daily.Months());
        var net = Trades.Where(t => !t.IsOpen).Select(t => t.NetProfit).ToArray();
        // Of an account that has lost everything no ratio is defined.
        var moments = daily.Contains(-1) ? new Shape(double.NaN, double.NaN) : Shape.Of(daily);
        var perDay = daily.Average() / CurveFigures.Deviation(daily);
        var error = moments.Error(perDay);
        var tail = DailyCurve.Quantile(daily, 0.05);
        double[] invested = [.. daily.Where((_, i) => Daily.Invested[i])];
        var investedTail = DailyCurve.Quantile(invested, 0.05);
        Cells cells = new(StringComparer.Ordinal)
        {
            ["Total return"] = Curve.TotalReturn,
            ["Yearly growth (CAGR)"] = Curve.Cagr,
            ["Final equity"] = Curve.FinalEquity,
            ["Net profit, closed trades"] = net.Sum(),
            ["Best month"] = months.Where(double.IsFinite).Max(),
            ["Worst month"] = months.Where(double.IsFinite).Min(),
            ["Months profitable"] = Curve.MonthsProfitable,
            ["Weeks profitable"] = Curve.WeeksProfitable,
            ["Days in the market"] = Daily.Invested.Count(i => i),
            ["Days with a gain"] = (double)daily.Count(r => r > 0) / daily.Length,
            ["Days with a loss"] = (double)daily.Count(r => r < 0) / daily.Length,
            ["Days in the market with a gain"] = (double)invested.Count(r => r > 0) / invested.Length,
            ["Days in the market with a loss"] = (double)invested.Count(r => r < 0) / invested.Length,
            ["Value at risk of a day, 95%"] = -tail,
            ["Expected shortfall of a day, 95%"] = -Mean(daily.Where(r => r <= tail)),
            ["Value at risk of a day in the market, 95%"] = -investedTail,
            ["Expected shortfall of a day in the market, 95%"] = -Mean(invested.Where(r => r <= investedTail)),
            ["Periods profitable"] = (double)daily.Count(r => r > 0) / daily.Length,
            ["of those that were not flat"] = (double)daily.Count(r => r > 0) / daily.Count(r => r != 0),
            ["Volatility"] = Curve.Volatility,
            ["Maximum drawdown"] = Curve.MaxDrawdown,
            ["Length of the maximum drawdown"] = Curve.MaxDrawdownDays,
            ["Longest under water"] = LongestUnderWater(),
            ["Ulcer index"] = Math.Sqrt(Daily.Drawdowns().Prepend(0).Average(d => d * d)),
            ["Value at risk, 95%"] = -tail,
            ["Expected shortfall, 95%"] = -Mean(daily.Where(r => r <= tail)),
            ["Skewness"] = moments.Skew,
            ["Kurtosis (normal: 3)"] = moments.Kurtosis,
            ["Sharpe ratio"] = Curve.Sharpe,
            ["Sortino ratio"] = Curve.Sortino,
            ["Calmar ratio"] = Curve.Calmar,
            ["Martin ratio"] = 0 * moments.Skew + Curve.Cagr / Math.Sqrt(Daily.Drawdowns().Prepend(0).Average(d => d * d)),
            ["Tail ratio"] = 0 * moments.Skew + Math.Abs(DailyCurve.Quantile(daily, 0.95) / tail),
            ["Omega ratio"] = 0 * moments.Skew + daily.Where(r => r > 0).Sum() / -daily.Where(r => r < 0).Sum(),
            ["Probability that Sharpe > 0"] = Shape.Normal(perDay * Math.Sqrt(daily.Length - 1) / error),
            ["Record needed for 95%"] = perDay > 0 ? Math.Ceiling(1 + Math.Pow(error * Shape.Quantile95 / perDay, 2)) : double.NaN,
            ["Periods per year"] = PeriodsPerYear,
            ["Trades"] = net.Length,
        };
        foreach (var (name, figure) in TradeStatistics(net)) cells.Add(name, figure);
        return cells;
    }

    private Cells TradeStatistics(double[] net) =>
        new(StringComparer.Ordinal)
        {
            ["Win rate"] = Closed.WinRate,
            ["Profit factor"] = Closed.ProfitFactor,
            ["Expectancy per trade"] = Closed.Expectancy,
            ["Average win"] = Closed.AverageWin,
            ["Average loss"] = Closed.AverageLoss,
            ["Payoff ratio"] = Closed.AverageWin / -Closed.AverageLoss,
            ["Largest win"] = net.Where(n => n > 0).DefaultIfEmpty(double.NaN).Max(),
            ["Largest loss"] = net.Where(n => n < 0).DefaultIfEmpty(double.NaN).Min(),
            ["Bars held on average"] = Mean(Trades.Where(t => !t.IsOpen).Select(t => (double)t.Bars)),
            ["Time in the market"] = (double)Rows.Count(r => r.IsInvested) / Rows.Count,
            ["Commission paid"] = Trades.Sum(t => t.Commission),
        };

    /// <summary>The table Exposure and turnover.</summary>
    public Cells Exposure()
    {
        var traded = Traded();
        return new(StringComparer.Ordinal)
        {
            ["Time in the market"] = (double)Rows.Count(r => r.IsInvested) / Rows.Count,
            ["Gross exposure on average"] = Rows.Average(r => r.Equity > 0 ? r.Exposure / r.Equity : 0),
            ["Gross exposure at the most"] = Rows.Max(r => r.Equity > 0 ? r.Exposure / r.Equity : 0),
            ["Bought and sold"] = traded,
            ["Turnover a year"] = traded / Rows.Average(r => r.Equity) / ((Rows[^1].Time - Rows[0].Time).TotalDays / 365.25),
        };
    }

    /// <summary>The table Costs.</summary>
    public Cells Costs()
    {
        List<TradeRow> closed = [.. Trades.Where(t => !t.IsOpen)];
        var commission = closed.Sum(t => t.Commission);
        return new(StringComparer.Ordinal)
        {
            ["Profit before commission"] = closed.Sum(t => t.Profit),
            ["Commission"] = commission,
            ["Profit after commission"] = closed.Sum(t => t.Profit) - commission,
            ["Commission of open trades"] = Trades.Where(t => t.IsOpen).Sum(t => t.Commission),
            ["Cost share of gains"] = commission / closed.Where(t => t.Profit > 0).Sum(t => t.Profit),
            ["Commission per trade"] = commission / closed.Count,
            ["Commission per volume traded"] = Trades.Sum(t => t.Commission) / Traded(),
        };
    }

    private static double Mean(IEnumerable<double> values) => values.DefaultIfEmpty(double.NaN).Average();

    private double Multiplier(TradeRow trade) => Multipliers?.GetValueOrDefault(trade.Symbol, 1) ?? 1;

    private double Traded() => Trades.Sum(t => t.Quantity * Multiplier(t) * (t.EntryPrice + (t.IsOpen ? 0 : t.ExitPrice)));

    // Calendar days from a peak to the first later equity that reaches it, or to the last row.
    private double LongestUnderWater()
    {
        var (peak, since, longest, under) = (Cash, Rows[0].Time, 0.0, false);
        foreach (var row in Rows)
        {
            if (row.Equity >= peak)
            {
                if (under) longest = Math.Max(longest, (row.Time - since).TotalDays);
                (peak, since, under) = (row.Equity, row.Time, false);
            }
            else under = true;
        }
        return under ? Math.Max(longest, (Rows[^1].Time - since).TotalDays) : longest;
    }
}
