using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Reading;

/// <summary>
/// Decides what the dates of daily, weekly and monthly bars are. A bar of Granary has the date of its day, its Monday or the first of its
/// month; vendors write the last day, the last or first trading day, the day of the download in the last row, or in UTC the midnight of
/// a different zone.
/// </summary>
internal static class PeriodLabels
{
    // The share of rows that must agree. Holidays move first and last trading days.
    private const double Most = 0.6;

    // Fewer periods than rows: the bars are shorter than the timeframe.
    private const double FewestPeriods = 0.7;

    // A holiday or a special session.
    private const double Rare = 0.02;

    private static readonly long Noon = TimeSpan.FromHours(12).Ticks, Evening = TimeSpan.FromHours(20).Ticks;

    /// <summary>Returns the parts of a market with what their dates are.</summary>
    /// <exception cref="BarDataException">The dates do not show it, and the options do not say it.</exception>
    public static List<BarFilePart> Decided(List<BarFilePart> parts, BarQuery query, BarFileOptions options)
    {
        var timeframe = query.Timeframe;
        if (timeframe.IsIntraday || timeframe == Timeframe.D1 && !parts[0].Layout.HasEvenings) return parts;
        var stamp = parts[0].Layout.Stamp ?? options.Stamp ?? (parts[0].Layout.TimesAreOpens ? BarStamp.Open : null);
        if (stamp == BarStamp.Close) return parts;
        var times = TimesOf(parts, query, options);
        if (times.Count == 0 || PeriodsOf(times, timeframe) < FewestPeriods * times.Count) return parts;
        if (timeframe == Timeframe.D1) return Labelled(parts, OfDays(times, stamp is not null, parts[0].File.DisplayName, options));
        var (label, note) = timeframe == Timeframe.W1 ? OfWeeks(times, stamp is not null) : OfMonths(times, stamp is not null);
        if (label is not { } known) throw Ask(parts[0].File.DisplayName, times, timeframe);
        return Labelled(parts, (known, note));
    }

    private static List<BarFilePart> Labelled(List<BarFilePart> parts, (PeriodLabel Label, string? Note) of) =>
        parts.ConvertAll(p => p with
        {
            Layout = p.Layout with { Label = of.Label, Notes = of.Note is null ? p.Layout.Notes : [.. p.Layout.Notes, of.Note] },
        });

    // Sessions of five days that begin on Sundays are those of the days after; a market without weekends shows nothing.
    private static (PeriodLabel Label, string? Note) OfDays(List<Timestamp> times, bool areOpens, string file, BarFileOptions options)
    {
        const string Before = "the days are dated by the evening before them; each was given its own date";
        double Share(DayOfWeek day) => times.Count(t => WeekdayOf(t) == day) / (double)times.Count;
        var isUtc = times.TrueForAll(t => t.Zone != ZoneStyle.None && t.OffsetMinutes == 0);
        if (isUtc && options.TimeZone is { } named && TimeZoneInfo.TryFindSystemTimeZoneById(named, out var zone))
            return times.TrueForAll(t => (t.LocalTicks + WallClock.OffsetAt(zone, t.LocalTicks)) % TimeSpan.TicksPerDay == 0)
                ? (PeriodLabel.Before, Before) : (PeriodLabel.Own, null);
        if (Share(DayOfWeek.Sunday) > Rare && Share(DayOfWeek.Friday) <= Rare) return (PeriodLabel.Before, Before);
        if (areOpens || !isUtc || Share(DayOfWeek.Sunday) <= Rare) return (PeriodLabel.Own, null);
        throw BarDataException.At(file, null, "time",
            FormattableString.Invariant($"daily bars are dated {times[0].TimeOfDay / TimeSpan.TicksPerHour:00}:00 UTC on all days of the ")
                + "week, which can be the midnight of a zone",
            "name that zone with --time-zone (\"timeZone\" in a batch), or say --stamp open (\"stamp\") if each bar has its date in UTC");
    }

    private static List<Timestamp> TimesOf(List<BarFilePart> parts, BarQuery query, BarFileOptions options)
    {
        var collector = new BarCollector(new BarQuery(query.Symbol, Timeframe.D1), 1, withAdjusted: false, lenient: true)
        {
            Gathered = [],
            Written = [],
        };
        using var reader = new BarFileReader(parts, collector, options, _ => { });
        while (reader.Next()) collector.Gathered.Clear();
        return [.. collector.Written.OrderBy(t => t.LocalTicks)];
    }

    private static int PeriodsOf(List<Timestamp> times, Timeframe timeframe) =>
        times.Select(t => timeframe.Floor(t.Day * TimeSpan.TicksPerDay)).Distinct().Count();

    // Tick zero is a Monday.
    private static DayOfWeek WeekdayOf(in Timestamp time) => (DayOfWeek)((time.Day + 1) % 7);

    // The last row may have the date of the download, so it does not count where there are others.
    private static List<Timestamp> Judged(List<Timestamp> times) => times.Count > 2 ? times[..^1] : times;

    private static (PeriodLabel? Label, string? Note) OfWeeks(List<Timestamp> times, bool areOpens)
    {
        var judged = Judged(times);
        double Share(Predicate<Timestamp> of) => judged.Count(t => of(t)) / (double)judged.Count;
        var monday = Share(t => WeekdayOf(t) == DayOfWeek.Monday);
        var weekend = Share(t => WeekdayOf(t) is DayOfWeek.Saturday or DayOfWeek.Sunday);
        var lateSunday = Share(t => WeekdayOf(t) == DayOfWeek.Sunday && t.TimeOfDay >= Noon);
        if (monday + weekend >= Most && weekend > 0 && (areOpens || monday > 0 || lateSunday == weekend))
            return (PeriodLabel.Before, "the weeks are dated by the weekend before them; each was given its Monday");
        if (monday >= Most) return (PeriodLabel.Within, times.TrueForAll(t => WeekdayOf(t) == DayOfWeek.Monday) ? null
            : "some weeks are dated by a later day than their Monday; each was given its Monday");
        if (areOpens) return (PeriodLabel.Own, null);
        return Share(t => WeekdayOf(t) == DayOfWeek.Friday) >= Most && weekend == 0
            ? (PeriodLabel.Within, "the weeks are dated by their last day; each was given its Monday") : (null, null);
    }

    private static (PeriodLabel? Label, string? Note) OfMonths(List<Timestamp> times, bool areOpens)
    {
        var judged = Judged(times);
        double Share(Predicate<Timestamp> of) => judged.Count(t => of(t)) / (double)judged.Count;
        var first = Share(t => DateOf(t).Day <= 5);
        var last = Share(t => DaysLeft(t) <= 4);
        var evening = Share(t => DaysLeft(t) == 0 && t.TimeOfDay >= Evening);
        // Midnight of a zone east of UTC is the evening before, and in summer earlier than in winter.
        if (evening >= Most || evening > 0 && evening + Share(t => DateOf(t).Day == 1) >= 1)
            return (PeriodLabel.Before, "the months are dated by the evening before them; each was given its first day");
        if (first >= Most) return (PeriodLabel.Within, times.TrueForAll(t => DateOf(t).Day == 1) ? null
            : "some months are dated by a later day than their first; each was given its first day");
        if (areOpens) return (PeriodLabel.Own, null);
        return last >= Most ? (PeriodLabel.Within, "the months are dated by their last day; each was given its first day") : (null, null);
    }

    private static DateOnly DateOf(in Timestamp time) => DateOnly.FromDayNumber(time.Day);

    private static int DaysLeft(in Timestamp time) => DateOf(time) is var d ? DateTime.DaysInMonth(d.Year, d.Month) - d.Day : 0;

    private static BarDataException Ask(string file, List<Timestamp> times, Timeframe timeframe)
    {
        var judged = Judged(times);
        var weeks = timeframe == Timeframe.W1;
        var label = weeks ? judged.GroupBy(t => WeekdayOf(t)).MaxBy(g => g.Count())!.Key.ToString()
            : $"day {judged.GroupBy(t => DateOf(t).Day).MaxBy(g => g.Count())!.Key}";
        return BarDataException.At(file, null, "time",
            $"most {(weeks ? "weeks" : "months")} are dated by {label}, which can be the first day of a {(weeks ? "week" : "month")} or "
                + "its last", "say which with --stamp open or --stamp close (\"stamp\" in a batch)");
    }
}
