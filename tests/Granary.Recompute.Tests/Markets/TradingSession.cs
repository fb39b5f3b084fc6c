namespace Granary.Recompute.Tests.Markets;

/// <summary>When a market trades: every weekday from <paramref name="Open"/> to <paramref name="Close"/>, local time of its zone.</summary>
/// <param name="Zone">IANA name.</param>
/// <param name="Close">Before <paramref name="Open"/>: the session crosses midnight and belongs to the day on which it closes.</param>
internal sealed record TradingSession(string Zone, TimeSpan Open, TimeSpan Close)
{
    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(Zone);

    /// <summary>Opens of the bars of the sessions from one day to another, UTC; the last bar of a session may be shorter.</summary>
    public IEnumerable<DateTime> Bars(DateTime firstDay, DateTime lastDay, TimeSpan step)
    {
        for (var day = firstDay; day <= lastDay; day = day.AddDays(1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            var (open, close) = Of(day);
            for (var time = open; time < close; time += step) yield return time;
        }
    }

    /// <summary>Longer bars, counted from each session's open and cut at its close; without the last one where its end has not been
    /// reached.</summary>
    public List<MarketBar> Longer(IReadOnlyList<MarketBar> bars, TimeSpan step, TimeSpan shorter)
    {
        List<MarketBar> longer = [.. bars.GroupBy(b => Slot(b.Time, step).Start).Select(g => Resampled.Join(g.Key, [.. g]))];
        if (bars[^1].Time + shorter < Slot(bars[^1].Time, step).End) longer.RemoveAt(longer.Count - 1);
        return longer;
    }

    /// <summary>The day of the session that a time belongs to.</summary>
    public DateTime DayOf(DateTime time)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(time, _zone);
        return Close < Open && local.TimeOfDay >= Open ? local.Date.AddDays(1) : local.Date;
    }

    private (DateTime Start, DateTime End) Slot(DateTime time, TimeSpan step)
    {
        var (open, close) = Of(DayOf(time));
        var start = open + Math.Floor((time - open) / step) * step;
        return (start, start + step < close ? start + step : close);
    }

    private (DateTime Open, DateTime Close) Of(DateTime day) =>
        (Utc((Close < Open ? day.AddDays(-1) : day) + Open), Utc(day + Close));

    private DateTime Utc(DateTime local) => TimeZoneInfo.ConvertTimeToUtc(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), _zone);
}
