using System.Text.Json;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>Compares figures of the product with recomputed ones.</summary>
internal static class Agreement
{
    /// <summary>Demands that every statistic of an account in results.json equals the recomputed one.</summary>
    /// <param name="name">Which account, for the message.</param>
    public static void Demand(JsonElement stats, CurveFigures curve, TradeFigures trades, string name)
    {
        Demand(stats, "finalEquity", curve.FinalEquity, name);
        Demand(stats, "totalReturn", curve.TotalReturn, name);
        Demand(stats, "cagr", curve.Cagr, name);
        Demand(stats, "volatility", curve.Volatility, name);
        Demand(stats, "sharpe", curve.Sharpe, name);
        Demand(stats, "sortino", curve.Sortino, name);
        Demand(stats, "calmar", curve.Calmar, name);
        Demand(stats, "maxDrawdown", curve.MaxDrawdown, name);
        Demand(stats, "maxDrawdownDays", curve.MaxDrawdownDays, name);
        Demand(stats, "monthsProfitable", curve.MonthsProfitable, name);
        Demand(stats, "weeksProfitable", curve.WeeksProfitable, name);
        Demand(stats, "periods", curve.Periods, name);
        Demand(stats, "trades", trades.Trades, name);
        Demand(stats, "winRate", trades.WinRate, name);
        Demand(stats, "expectancy", trades.Expectancy, name);
        Demand(stats, "averageWin", trades.AverageWin, name);
        Demand(stats, "averageLoss", trades.AverageLoss, name);
        Demand(stats, "profitFactor", trades.ProfitFactor, name);
        Demand(stats, "netProfit", trades.NetProfit, name);
    }

    public static void Demand(JsonElement stats, string key, double expected, string name)
    {
        var shown = stats.GetProperty(key);
        var value = shown.ValueKind == JsonValueKind.Null ? double.NaN : shown.GetDouble();
        if (double.IsInfinity(expected)) expected = double.NaN;
        Same(value, expected).ShouldBeTrue($"{name}: {key} is {value} in results.json and {expected} recomputed");
    }

    /// <summary>Demands that equity.csv has the recomputed rows.</summary>
    public static void Demand(IReadOnlyList<EquityRow> shown, IReadOnlyList<EquityRow> expected)
    {
        shown.Select(r => r.Time).ShouldBe(expected.Select(r => r.Time), "times of equity.csv");
        var scale = expected.Max(r => Math.Abs(r.Equity));
        for (var i = 0; i < shown.Count; i++)
        {
            Near(shown[i].Equity, expected[i].Equity, scale)
                .ShouldBeTrue($"equity at {shown[i].Time:u}: {shown[i].Equity}, recomputed {expected[i].Equity}");
            Near(shown[i].Cash, expected[i].Cash, scale)
                .ShouldBeTrue($"cash at {shown[i].Time:u}: {shown[i].Cash}, recomputed {expected[i].Cash}");
            Near(shown[i].Exposure, expected[i].Exposure, scale).ShouldBeTrue(
                $"exposure at {shown[i].Time:u}: {shown[i].Exposure}, recomputed {expected[i].Exposure}");
            Near(shown[i].Drawdown, expected[i].Drawdown, 1).ShouldBeTrue(
                $"drawdown at {shown[i].Time:u}: {shown[i].Drawdown}, recomputed {expected[i].Drawdown}");
        }
    }

    /// <summary>Equal to 1e-8 of their size; two undefined values are equal.</summary>
    public static bool Same(double a, double b) =>
        double.IsNaN(a) && double.IsNaN(b) || Math.Abs(a - b) <= 1e-8 * Math.Max(1e-3, Math.Abs(b));

    private static bool Near(double a, double b, double scale) => Math.Abs(a - b) <= 1e-9 * scale;
}
