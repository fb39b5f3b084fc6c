using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Tests.Synthetic;

/// <summary>Metrics of synthetic trades, near those that a run would have.</summary>
internal static class SyntheticMetrics
{
    public static MetricSet OfTrades(List<Trade> trades, Bar[] bars, double perYear)
    {
        var closed = trades.Where(t => t.Reason != ExitReason.Open).ToArray();
        var s = MetricCatalogue.BuiltIn.Compute(MetricInput.Of(TradeAccumulator.Of([.. closed.Select(t => t.NetProfit)])));
        double equity = 100_000, peak = equity, deepest = 0, sum = 0, squares = 0;
        foreach (var t in closed)
        {
            var r = t.NetProfit / equity;
            (sum, squares) = (sum + r, squares + r * r);
            equity += t.NetProfit;
            peak = Math.Max(peak, equity);
            deepest = Math.Max(deepest, 1 - equity / peak);
        }
        var years = (bars[^1].Time - bars[0].Time) / (double)TimeSpan.TicksPerDay / 365.25;
        var n = closed.Length;
        var deviation = n > 1 ? Math.Sqrt(Math.Max(0, (squares - sum * sum / n) / (n - 1))) : double.NaN;
        var total = equity / 100_000 - 1;
        var cagr = Math.Pow(1 + total, 1 / years) - 1;
        return MetricCatalogue.BuiltIn.Read(new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["trades"] = n,
            ["winRate"] = s.WinRate,
            ["expectancy"] = s[TradeMetrics.Expectancy],
            ["averageWin"] = s[TradeMetrics.AverageWin],
            ["averageLoss"] = s[TradeMetrics.AverageLoss],
            ["profitFactor"] = s[TradeMetrics.ProfitFactor],
            ["totalReturn"] = total,
            ["cagr"] = cagr,
            ["volatility"] = deviation * Math.Sqrt(n / years),
            ["sharpe"] = sum / n / deviation * Math.Sqrt(n / years),
            ["sortino"] = 1.4 * sum / n / deviation * Math.Sqrt(n / years),
            ["calmar"] = deepest > 0 ? cagr / deepest : double.NaN,
            ["maxDrawdown"] = deepest,
            ["maxDrawdownDays"] = 40 + 9 * n,
            ["monthsProfitable"] = 0.5,
            ["weeksProfitable"] = 0.5,
            ["exposure"] = closed.Sum(t => t.Bars) / (double)bars.Length,
            ["commission"] = closed.Sum(t => t.Commission),
            ["finalEquity"] = equity,
            ["netProfit"] = equity - 100_000,
            ["periods"] = bars.Length,
            ["periodsPerYear"] = perYear,
        });
    }

    public static MetricSet OfPortfolio(EquityStatistics statistics, TradeMeasures measures, int periods, double commission)
    {
        var s = statistics.Metrics;
        var ts = MetricCatalogue.BuiltIn.Compute(MetricInput.Of(measures));
        return MetricCatalogue.BuiltIn.Read(new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["trades"] = ts.Trades,
            ["winRate"] = ts.WinRate,
            ["expectancy"] = ts[TradeMetrics.Expectancy],
            ["averageWin"] = ts[TradeMetrics.AverageWin],
            ["averageLoss"] = ts[TradeMetrics.AverageLoss],
            ["profitFactor"] = ts[TradeMetrics.ProfitFactor],
            ["totalReturn"] = s.TotalReturn,
            ["cagr"] = s.Cagr,
            ["volatility"] = s.Volatility,
            ["sharpe"] = s.Sharpe,
            ["sortino"] = s.Sortino,
            ["calmar"] = s[RatioMetrics.Calmar],
            ["maxDrawdown"] = s.MaxDrawdown,
            ["maxDrawdownDays"] = s[RiskMetrics.MaxDrawdownDays],
            ["monthsProfitable"] = s[ReturnMetrics.MonthsProfitable],
            ["weeksProfitable"] = s[ReturnMetrics.WeeksProfitable],
            ["exposure"] = 0.97,
            ["commission"] = commission,
            ["finalEquity"] = s.FinalEquity,
            ["netProfit"] = measures.NetProfit,
            ["periods"] = periods,
            ["periodsPerYear"] = statistics.PeriodsPerYear,
        });
    }
}
