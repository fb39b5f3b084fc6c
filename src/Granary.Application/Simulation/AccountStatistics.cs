using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Application.Simulation;

/// <summary>Collects the rows and the closed trades of one account as they come, and sums them up under the names of results.json.</summary>
/// <param name="cash">Before the first row, against which the first return is taken.</param>
/// <param name="clock">Counts the rows, and so tells how many of them a year has.</param>
public sealed class AccountStatistics(double cash, FeedClock clock)
{
    private readonly TradeAccumulator _trades = new();
    private readonly EquityAccumulator _equity = new(cash);
    private readonly AccountAccumulator _account = new(cash);
    private long _rows, _exposed;
    private double _final = double.NaN;

    /// <param name="holds">Whether a trade was open at the row's close.</param>
    public void Add(in EquityRow row, bool holds)
    {
        _equity.Add(row.Time, row.Equity);
        _account.Add(row.Time, row.Equity, row.Exposure);
        clock.Count(row.Time);
        _rows++;
        if (holds) _exposed++;
        _final = row.Equity;
    }

    /// <summary>The next trade in the order of closing; one that is still open is left out.</summary>
    public void Add(in Trade trade)
    {
        if (trade.Reason != ExitReason.Open) _trades.Add(trade.NetProfit, trade.AdverseExcursion, trade.FavourableExcursion, trade.Bars);
    }

    /// <param name="commission">Of all fills.</param>
    public RunStatistics ToStatistics(double commission, double carry)
    {
        var t = _trades.ToStatistics();
        var e = _rows > 1 ? _equity.ToStatistics(clock.PeriodsPerYear) : null;
        var final = _rows > 0 ? _final : cash;
        return new RunStatistics
        {
            Trades = t.Trades,
            WinRate = t.WinRate,
            Expectancy = t.Expectancy,
            AverageWin = t.AverageWin,
            AverageLoss = t.AverageLoss,
            ProfitFactor = t.ProfitFactor,
            TotalReturn = final / cash - 1,
            Cagr = e?.Cagr ?? double.NaN,
            Volatility = e?.Volatility ?? double.NaN,
            Sharpe = e?.Sharpe ?? double.NaN,
            Sortino = e?.Sortino ?? double.NaN,
            Calmar = e?.Calmar ?? double.NaN,
            MaxDrawdown = e?.MaxDrawdown ?? 0,
            MaxDrawdownDays = e?.MaxDrawdownDays ?? 0,
            MonthsProfitable = e?.MonthsProfitable ?? double.NaN,
            WeeksProfitable = e?.WeeksProfitable ?? double.NaN,
            Exposure = _rows > 0 ? _exposed / (double)_rows : double.NaN,
            Commission = commission,
            Carry = carry,
            FinalEquity = final,
            NetProfit = t.TotalProfit,
            Periods = _rows,
            PeriodsPerYear = e?.PeriodsPerYear ?? double.NaN,
            Account = _account.Finish(),
        };
    }
}
