using System.Globalization;
using Granary.Data.Feeds;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Data.Quality;

/// <summary>
/// Measures the fraction of a day's bars that exist: relative to the session calendar, or without one to the market's typical day.
/// </summary>
internal sealed class DayCompleteness(SessionCalendar calendar, Timeframe timeframe)
{
    /// <summary>With fewer days than these there is no typical day.</summary>
    public const int FewestDays = 5;

    private const int Examples = 5;

    // Half days before holidays have slightly more than half of the bars; days with fewer are incomplete.
    private const double Complete = 0.95, HalfDay = 0.5;
    private const int MostDays = 50_000;

    private readonly List<(DateOnly Date, int Bars)> _days = [];
    private long _end = long.MinValue;

    /// <summary>The number of days whose first bar opens at a local time of day, in winter and in summer time.</summary>
    public Dictionary<(bool Summer, TimeSpan TimeOfDay), int> Openings { get; } = [];

    /// <summary>The number of bars on a typical day; 0 if there are too few days.</summary>
    public int Usual
    {
        get
        {
            if (_days.Count < FewestDays) return 0;
            if (_usual == 0) _usual = Middle(Inner);
            return _usual;
        }
    }

    /// <summary>The number of days with bars.</summary>
    public int Days => _days.Count;

    private int _usual;

    private static int Middle(IEnumerable<(DateOnly Date, int Bars)> days)
    {
        int[] counts = [.. days.Select(d => d.Bars).Order()];
        return Quantile.UpperMedian<int>(counts);
    }

    /// <summary>Counts a bar. Times must be ascending.</summary>
    public void Add(long time)
    {
        if (time >= _end)
        {
            var local = calendar.ToLocal(time);
            var day = calendar.LocalDay(time);
            _end = calendar.StartOfDay(day + 1);
            if (_days.Count < MostDays) _days.Add((DateOnly.FromDayNumber(day), 0));
            var opening = (calendar.Zone.IsDaylightSavingTime(new DateTime(time, DateTimeKind.Utc)), local.TimeOfDay);
            Openings[opening] = Openings.GetValueOrDefault(opening) + 1;
        }
        if (_days.Count < MostDays) _days[^1] = (_days[^1].Date, _days[^1].Bars + 1);
    }

    /// <summary>The days whose bars are not complete, with their number and the expected number.</summary>
    public IReadOnlyList<(DateOnly Date, int Bars, int Of)> Short()
    {
        if (_days.Count < FewestDays) return [];
        var inner = Inner;
        var counts = inner.Select(d => d.Bars).Order().ToList();
        var usual = Usual;
        // Futures open on Sunday evenings, so a day is compared with the same weekday if there are enough of them.
        var ofWeek = inner.GroupBy(d => d.Date.DayOfWeek).Where(g => g.Count() >= 3).ToDictionary(g => g.Key, g => Middle(g));
        int? Expected(DateOnly date) =>
            calendar.IsContinuous ? ofWeek.GetValueOrDefault(date.DayOfWeek, usual)
                : ExpectedBars.SessionOf(calendar, date) is { Count: > 0 } parts
                    ? (int)parts.Sum(p => (p.Close - p.Open) / timeframe.Ticks) : null;
        // In markets with irregular trading, the number of bars varies so much that no day counts as incomplete.
        if (calendar.IsContinuous && (usual < 4 || counts[counts.Count / 4] < Complete * usual)) return [];

        var few = new List<(DateOnly Date, int Bars, int Of)>();
        foreach (var (date, bars) in inner)
            if (Expected(date) is { } of && bars < Complete * of)
                few.Add((date, bars, of));
        return few;
    }

    // The first and the last day are incomplete where the file begins and ends.
    private List<(DateOnly Date, int Bars)> Inner => _days.GetRange(1, _days.Count - 2);

    public IEnumerable<Finding> Findings()
    {
        var few = Short();
        foreach (var (date, bars, of) in few.OrderBy(d => (double)d.Bars / d.Of).ThenBy(d => d.Date).Take(Examples))
        {
            var share = (100.0 * bars / of).ToString("0.#", CultureInfo.InvariantCulture);
            yield return bars < HalfDay * of
                ? new Finding(Severity.Warning, QualityCheck.Completeness, $"{date:yyyy-MM-dd}",
                    $"the day has {bars} of {of} bars ({share} %)", "fill it from another source, or leave the day out")
                : new Finding(Severity.Info, QualityCheck.Completeness, $"{date:yyyy-MM-dd}",
                    $"the day has {bars} of {of} bars ({share} %)", "nothing if the market closed early; else fill it from another source");
        }
        if (few.Count <= Examples) yield break;
        var inner = Inner;
        yield return new Finding(Severity.Info, QualityCheck.Completeness, $"{inner[0].Date:yyyy-MM-dd} to {inner[^1].Date:yyyy-MM-dd}",
            $"{few.Count} of {inner.Count} days are not complete",
            "look through them if they are more than the market's holidays and half days");
    }
}
