using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Data.Resampling;

/// <summary>The sessions by which longer bars of a market are built, and notes on what its bars decided.</summary>
/// <param name="Calendar">The sessions; around the clock where days of UTC are kept.</param>
/// <param name="Hours">The hours that the bars show, and what follows from them; null if the sessions are named, or none are seen.</param>
/// <param name="LeftOut">A sentence for each longer timeframe whose last bar is unfinished.</param>
internal sealed record LongerBars(SessionCalendar Calendar, string? Hours, IReadOnlyList<string> LeftOut)
{
    /// <summary>All sentences.</summary>
    public IReadOnlyList<string> Notes => Hours is null ? LeftOut : [Hours, .. LeftOut];

    /// <summary>
    /// Reads a market's bars. Sessions that are not named are inferred; they take the place of the clock of UTC where that would cut a
    /// session or a bar in two.
    /// </summary>
    /// <param name="longer">The longer timeframes that are built.</param>
    /// <param name="read">Other longer timeframes that only factors read.</param>
    /// <param name="named">The sessions of the market; null for its instrument's.</param>
    public static async Task<LongerBars> OfAsync(IBarSeries series, IReadOnlyList<Timeframe> longer, IReadOnlyList<Timeframe> read,
        SessionCalendar? named, CancellationToken cancellationToken)
    {
        var calendar = named ?? series.Instrument.Calendar;
        string? hours = null;
        if (calendar.IsContinuous && named is null)
        {
            var seen = new SessionInference(series.Timeframe);
            await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false)) seen.Add(block.Time);
            if (seen.Calendar is { } found)
            {
                var instead = longer.Concat(read).Select(seen.InsteadOfUtc).FirstOrDefault(c => c is not null);
                hours = $"no session is named, and the bars show trading at {found}: longer bars are cut by "
                    + (instead is null ? "the clock of UTC" : "these sessions");
                calendar = instead ?? calendar;
            }
            else if (seen is { BeginsOnSunday: true, Weekdays: { } weekdays } && (longer.Count > 0 || read.Count > 0))
            {
                hours = "no session is named, and the bars have Sundays and no Saturdays: a Sunday begins the week and the month of the "
                    + "day after it";
                calendar = weekdays;
            }
        }
        var leftOut = new List<string>();
        foreach (var timeframe in longer)
            if (await UnfinishedAsync(series, timeframe, calendar, cancellationToken).ConfigureAwait(false) is { } bar)
                leftOut.Add($"the last {timeframe} bar, of {Text(bar.Time, timeframe)}, is not finished where the bars end, and was left out");
        return new LongerBars(calendar, hours, leftOut);
    }

    private static async Task<Bar?> UnfinishedAsync(IBarSeries series, Timeframe timeframe, SessionCalendar calendar,
        CancellationToken cancellationToken)
    {
        var aggregator = new BlockAggregator(series.Timeframe, timeframe, calendar, IBarSeries.DefaultBlockSize);
        await foreach (var block in series.ReadAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
            foreach (var _ in aggregator.Add(block))
            {
                // Only the bar that is left out at the end is of interest.
            }
        aggregator.End();
        return aggregator.Unfinished;
    }

    private static string Text(long time, Timeframe timeframe) =>
        new DateTime(time).ToString(timeframe.IsIntraday ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
