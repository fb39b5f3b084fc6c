using System.Globalization;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Quality;

/// <summary>
/// Detects times that are shifted by daylight saving: sessions that open an hour off in summer or winter, and times labelled UTC in which
/// the skipped hour of a local clock is missing.
/// </summary>
internal static class DaylightSaving
{
    // Time zones in which exchanges write their files.
    private static readonly Lazy<TimeZoneInfo[]> Zones = new(() =>
        [.. new[] { "America/New_York", "America/Chicago", "Europe/London", "Europe/Berlin" }.Select(Find).OfType<TimeZoneInfo>()]);

    /// <param name="openings">Number of days by local opening time, in winter and summer time.</param>
    /// <param name="gaps">The last bar before each gap, and the first behind it.</param>
    public static IEnumerable<Finding> Findings(SessionCalendar calendar, Timeframe timeframe,
        Dictionary<(bool Summer, TimeSpan TimeOfDay), int> openings, IReadOnlyList<(long After, long Next)> gaps)
    {
        if (!calendar.IsContinuous)
        {
            foreach (var summer in new[] { false, true })
            {
                var days = openings.Where(o => o.Key.Summer == summer).Sum(o => o.Value);
                var usual = openings.Where(o => o.Key.Summer == summer).OrderByDescending(o => o.Value).FirstOrDefault();
                if (days < 5 || usual.Value * 2 < days) continue;
                var off = usual.Key.TimeOfDay - calendar.Open;
                if (off.Duration() < TimeSpan.FromMinutes(55) || off.Duration() > TimeSpan.FromMinutes(65)) continue;
                var season = summer ? "summer" : "winter";
                yield return new Finding(Severity.Warning, QualityCheck.DaylightSaving, calendar.Name,
                    $"in {season} time {usual.Value} of {days} days begin at {usual.Key.TimeOfDay:hh\\:mm}, "
                        + $"{(off > TimeSpan.Zero ? "an hour after" : "an hour before")} the session's {calendar.Open:hh\\:mm}, as where "
                        + $"daylight saving was not followed",
                    $"import the file again with the zone that its times are in, as --time-zone {calendar.Zone.Id}");
            }
            yield break;
        }
        foreach (var zone in Zones.Value)
        {
            var skipped = gaps.Where(g => g.Next - g.After - timeframe.Ticks == TimeSpan.TicksPerHour
                && WallClock.Of(zone, g.After + timeframe.Ticks).Count == 0).ToList();
            if (skipped.Count == 0) continue;
            yield return new Finding(Severity.Warning, QualityCheck.DaylightSaving,
                new DateTime(skipped[0].After).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                $"the hour that clocks skip in {zone.Id} is missing{(skipped.Count > 1 ? $", in {skipped.Count} years" : "")}, so the "
                    + $"times are not UTC but that zone's", $"import the file again with --time-zone {zone.Id}");
            yield break;
        }
    }

    /// <summary>Detects the opposite case in autumn: the repeated hour of a local clock makes times step back by one hour.</summary>
    /// <param name="before">The previous row of the file.</param>
    public static Finding? Repeated(in ParsedRow before, in ParsedRow row, Timeframe timeframe)
    {
        if (before.Time - row.Time + timeframe.Ticks != TimeSpan.TicksPerHour) return null;
        var at = new DateTime(row.Time, DateTimeKind.Unspecified);
        return Array.Find(Zones.Value, z => WallClock.Of(z, at.Ticks).Count == 2) is not { } zone ? null
            : new Finding(Severity.Warning, QualityCheck.DaylightSaving, row.Place,
                $"the hour from {at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}, which clocks show twice "
                    + $"in {zone.Id}, is there twice, so the times are not UTC but that zone's",
                $"import the file again with --time-zone {zone.Id}");
    }

    private static TimeZoneInfo? Find(string id) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;
}
