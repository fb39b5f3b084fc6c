using Granary.Engine.Analysis.Resampling;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.Resampling;

/// <summary>An account's record in the two forms that are resampled: its equity by period, and its closed trades.</summary>
/// <param name="Unit">The period of the returns: day, hour, week, …</param>
/// <param name="Trades">The realised equity by trade; null if the trades are unknown.</param>
public sealed record ResampledRecord(AccountPath Periods, string Unit, AccountPath? Trades)
{
    /// <summary>The record of a run's portfolio; null without equity.</summary>
    public static ResampledRecord? Of(RunModel run, IRunEvents events)
    {
        if (run.Closes.Count < 2) return null;
        List<long> times = [.. run.Closes.Select(r => r.Time)];
        List<double> values = [.. run.Closes.Select(r => r.Equity)];
        // The first row is the first bar's. It is the end of a period unless another row of the same day follows; then the first return
        // is on the starting cash, as in the statistics.
        if (times[0] / TimeSpan.TicksPerDay == times[1] / TimeSpan.TicksPerDay) values[0] = run.StartingCash;
        else (times, values) = ([times[0], .. times], [run.StartingCash, .. values]);
        var trades = events.PortfolioTrades().Select(t => t.Trade).Where(t => t.Reason != ExitReason.Open)
            .Select(t => (t.ExitTime, t.NetProfit)).ToList();
        return new ResampledRecord(new AccountPath([.. times], [.. values]), PeriodName.Of(PeriodName.MedianStep(times.ToArray())),
            AccountPath.OfTrades(times[0], run.StartingCash, trades));
    }

    /// <summary>The record of an equity curve: the ends of its days, or of its hours if it has less than 60 days.</summary>
    /// <param name="trades">Exit time and net profit of closed trades, in the order of closing; null if they are unknown.</param>
    public static ResampledRecord Of(Engine.Analysis.EquityCurve curve, IReadOnlyList<(long Time, double Profit)>? trades)
    {
        var recorder = new EquityRecorder();
        for (var i = 0; i < curve.Count; i++) recorder.Add(new EquityRow(curve.Times[i], curve.Values[i], 0, 0, 0));
        var closes = recorder.Closes();
        long[] times = [.. closes.Select(r => r.Time)];
        return new ResampledRecord(new AccountPath(times, [.. closes.Select(r => r.Equity)]), PeriodName.Of(PeriodName.MedianStep(times)),
            trades is null ? null : AccountPath.OfTrades(times[0], curve.Values[0], trades));
    }
}
