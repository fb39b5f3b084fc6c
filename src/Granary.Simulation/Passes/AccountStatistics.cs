using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Backtesting;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>Collects the equity rows and closed trades of one account and computes its metrics.</summary>
/// <param name="cash">Initial cash; the first return is relative to it.</param>
/// <param name="clock">Counts the rows, which gives the number of rows per year.</param>
/// <param name="batch">Has the metrics to compute, and may set the number of rows per year.</param>
internal sealed class AccountStatistics(double cash, FeedClock clock, BatchSpec batch)
{
    private readonly TradeAccumulator _trades = new();
    private readonly EquityAccumulator _equity = new(cash);
    private readonly AccountAccumulator _account = new(cash);
    private long _rows, _exposed;
    private double _final = double.NaN, _marginUseMost;
    private int _liquidations;

    /// <summary>Open times of the first and the last row, UTC ticks; 0 without rows.</summary>
    public (long First, long Last) Rows => (clock.FirstTime, clock.LastTime);

    /// <summary>The periods per year as counted.</summary>
    public PeriodCount Counted => clock.Periods;

    /// <summary>The periods per year that annualise.</summary>
    public double PeriodsPerYear => batch.PeriodsPerYearOf(clock.Timeframe) ?? clock.PeriodsPerYear;

    /// <param name="holds">Whether a trade was open at the row's close.</param>
    /// <param name="margin">What backs positions at the row's close, account currency.</param>
    public void Add(in EquityRow row, bool holds, double margin = 0)
    {
        if (margin > 0 && row.Equity > 0) _marginUseMost = Math.Max(_marginUseMost, margin / row.Equity);
        _equity.Add(row.Time, row.Equity);
        _account.Add(row.Time, row.Equity, row.Exposure);
        clock.Count(row.Time);
        _rows++;
        if (holds) _exposed++;
        _final = row.Equity;
    }

    /// <summary>Adds the next trade in the order of closing; ignores a trade that is still open.</summary>
    public void Add(in Trade trade)
    {
        if (trade.Reason == ExitReason.Liquidation) _liquidations++;
        if (trade.Reason != ExitReason.Open) _trades.Add(trade.NetProfit, trade.AdverseExcursion, trade.FavourableExcursion, trade.Bars);
    }

    /// <param name="commission">Total commission of all fills.</param>
    /// <param name="financing">Total financing, with the funding.</param>
    public MetricSet ToMetrics(double commission, double financing, double funding)
    {
        var days = _account.Finish();
        return batch.Metrics.Compute(new MetricInput
        {
            Parts = MetricParts.Strategy | (days is null ? MetricParts.None : MetricParts.Days),
            Equity = _rows > 1 ? _equity.Measure(PeriodsPerYear) : EquityMeasures.Unmeasured(cash, _rows > 0 ? _final : cash),
            Trades = _trades.Measure(),
            Account = new AccountMeasures(_rows, _exposed, commission, financing)
            {
                Funding = funding,
                Liquidations = _liquidations,
                MarginUseMost = _marginUseMost,
            },
            Days = days,
            Checks = CheckResults.None,
        });
    }
}
