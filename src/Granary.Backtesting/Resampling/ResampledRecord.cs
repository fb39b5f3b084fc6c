using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Resampling;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.Resampling;

/// <summary>A closed trade.</summary>
/// <param name="Entry">UTC ticks.</param>
/// <param name="Exit">UTC ticks.</param>
/// <param name="Profit">Net of costs, account currency.</param>
internal readonly record struct ResampledTrade(long Entry, long Exit, double Profit);

/// <summary>An account's record in the two forms that are resampled: its equity by period, and its closed trades.</summary>
/// <param name="Unit">The period of the returns: day, hour, week, …</param>
/// <param name="Trades">The realised equity by trade; null if the trades are unknown.</param>
/// <param name="OpenAtOnce">The number of trades that are open on average, over the time in which any is.</param>
internal sealed record ResampledRecord(AccountPath Periods, string Unit, AccountPath? Trades, double OpenAtOnce)
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
            .Select(t => new ResampledTrade(t.EntryTime, t.ExitTime, t.NetProfit)).ToList();
        return new ResampledRecord(new AccountPath([.. times], [.. values]), PeriodName.Of(PeriodName.MedianStep(times.ToArray())),
            Path(times[0], run.StartingCash, trades), AtOnce(trades));
    }

    /// <summary>The record of an equity curve: the ends of its days, or of its hours if it has less than 60 days.</summary>
    /// <param name="trades">The closed trades in the order of closing; null if they are unknown.</param>
    public static ResampledRecord Of(EquityCurve curve, IReadOnlyList<ResampledTrade>? trades)
    {
        var recorder = new EquityRecorder();
        for (var i = 0; i < curve.Count; i++) recorder.Add(new EquityRow(curve.Times[i], curve.Values[i], 0, 0, 0));
        var closes = recorder.Closes();
        long[] times = [.. closes.Select(r => r.Time)];
        return new ResampledRecord(new AccountPath(times, [.. closes.Select(r => r.Equity)]), PeriodName.Of(PeriodName.MedianStep(times)),
            trades is null ? null : Path(times[0], curve.Values[0], trades), AtOnce(trades ?? []));
    }

    private static AccountPath Path(long start, double cash, IReadOnlyList<ResampledTrade> trades) =>
        AccountPath.OfTrades(start, cash, [.. trades.Select(t => (t.Exit, t.Profit))]);

    private static double AtOnce(IReadOnlyList<ResampledTrade> trades)
    {
        double held = 0, any = 0;
        var until = long.MinValue;
        foreach (var t in trades.OrderBy(t => t.Entry))
        {
            held += t.Exit - t.Entry;
            any += Math.Max(0, t.Exit - Math.Max(t.Entry, until));
            until = Math.Max(until, t.Exit);
        }
        return any > 0 ? held / any : 0;
    }
}
