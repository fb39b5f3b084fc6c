using Granary.Engine.Market;

namespace Granary.Engine.Analysis;

/// <summary>
/// A strategy's equity at the ends of periods of equal length, as weeks: enough to judge and to combine strategies without the bars.
/// Traces of one batch have the same periods, so they can be laid side by side.
/// </summary>
/// <param name="PeriodTicks">
/// Their length. Period number n is [n · PeriodTicks, (n + 1) · PeriodTicks) in UTC ticks; weeks so begin on Mondays.
/// </param>
/// <param name="FirstPeriod">The number of the first period.</param>
/// <param name="Start">Equity before the first bar.</param>
/// <param name="Equity">
/// At the end of each period from the first on; a period without bars ends as it began, the last one may be cut short.
/// </param>
internal sealed record EquityTrace(long PeriodTicks, long FirstPeriod, double Start, double[] Equity)
{
    public long LastPeriod => FirstPeriod + Equity.Length - 1;

    /// <returns>Null without an equity, or without a whole period.</returns>
    public static EquityTrace? Of(EquitySums? equity, long periodTicks) =>
        equity is null || periodTicks <= 0 || equity.PeriodEquity.Length == 0 ? null
            : new EquityTrace(periodTicks, equity.FirstTime / periodTicks, equity.Start, equity.PeriodEquity);

    /// <summary>The return of a period by its number; 0 outside of the trace, where nothing was at stake, and once all is lost.</summary>
    public double ReturnOf(long period)
    {
        var at = period - FirstPeriod;
        if (at < 0 || at >= Equity.Length) return 0;
        var before = at == 0 ? Start : Equity[at - 1];
        return before > 0 ? Equity[at] / before - 1 : 0;
    }

    /// <summary>The equity at the end of a period by its number, as it last was.</summary>
    public double EquityAt(long period) => period < FirstPeriod ? Start : Equity[Math.Min(period - FirstPeriod, Equity.Length - 1)];

    /// <summary>Whether the periods [from, to) together make the strategy a <see cref="Winner"/>.</summary>
    public bool IsWinner(long from, long to) => Winner.Is(EquityAt(from - 1), EquityAt(to - 1));

    /// <summary>Whether the whole record makes the strategy a <see cref="Winner"/>.</summary>
    public bool IsWinner() => Winner.Is(Start, Equity[^1]);

    /// <summary>The returns of the periods [from, to).</summary>
    public double[] Returns(long from, long to)
    {
        var returns = new double[Math.Max(0, to - from)];
        for (var i = 0; i < returns.Length; i++) returns[i] = ReturnOf(from + i);
        return returns;
    }

    /// <summary>
    /// The trace period for a timeframe and a number of strategies: weeks, or days for bars of less than an hour, or hours for bars of less
    /// than a minute. It is longer if the traces of so many strategies would not fit in memory.
    /// </summary>
    public static long PeriodFor(Timeframe timeframe, int strategies)
    {
        var period = timeframe.Ticks >= TimeSpan.TicksPerHour ? 7 * TimeSpan.TicksPerDay
            : timeframe.Ticks >= TimeSpan.TicksPerMinute ? TimeSpan.TicksPerDay : TimeSpan.TicksPerHour;
        return strategies > 200_000 ? 26 * period : strategies > 20_000 ? 4 * period : period;
    }
}
