using System.Runtime.InteropServices;
using Granary.Engine.Market;
using Granary.Engine.Numerics;

namespace Granary.Data.Comparison;

/// <summary>
/// Detects that one source has the other's bars at shifted times: a wrong time zone, timestamps of the close, or weeks and months dated by
/// another of their days.
/// </summary>
internal static class TimeShift
{
    private const int MostSampled = 5_000, MostHours = 14, MostBars = 2;
    private const double Fitting = 0.8, SamePrice = 1e-6;

    /// <returns>How much later the second source's times are; null if no shift matches.</returns>
    public static TimeSpan? Find(IReadOnlyList<Bar> a, IReadOnlyList<Bar> b, Timeframe timeframe)
    {
        if (a.Count == 0 || b.Count == 0) return null;
        var closes = new Dictionary<long, double>(b.Count);
        foreach (var bar in b) closes[bar.Time] = bar.Close;
        if (timeframe == Timeframe.Mo1) return OfMonths(a, b);
        var fewest = FewestOf(a, b);
        var stride = Math.Max(1, a.Count / MostSampled);
        (TimeSpan Shift, double Share) best = default;
        foreach (var shift in Candidates(timeframe))
        {
            var (met, same) = (0, 0);
            for (var i = 0; i < a.Count; i += stride)
            {
                if (!closes.TryGetValue(a[i].Time + shift.Ticks, out var close)) continue;
                met++;
                if (Math.Abs(close / a[i].Close - 1) < SamePrice) same++;
            }
            if (met >= fewest && (double)same / met is var share && share > best.Share) best = (shift, share);
        }
        return best.Share >= Fitting && best.Shift != TimeSpan.Zero ? best.Shift : null;
    }

    private static int FewestOf(IReadOnlyList<Bar> a, IReadOnlyList<Bar> b) => Math.Clamp(Math.Min(a.Count, b.Count) / 2, 5, 20);

    // Months have different lengths, so that the days between their first and last dates differ: the shift is the usual one.
    private static TimeSpan? OfMonths(IReadOnlyList<Bar> a, IReadOnlyList<Bar> b)
    {
        static int MonthOf(in Bar bar) => new DateTime(bar.Time) is var t ? t.Year * 12 + t.Month : 0;
        var months = new Dictionary<int, Bar>();
        foreach (var bar in b) months[MonthOf(bar)] = bar;
        (TimeSpan Shift, double Share) best = default;
        foreach (var later in (int[])[0, -1, 1])
        {
            var (met, same, shifts) = (0, 0, new List<long>());
            foreach (var bar in a)
            {
                if (!months.TryGetValue(MonthOf(bar) + later, out var other)) continue;
                met++;
                if (Math.Abs(other.Close / bar.Close - 1) < SamePrice) same++;
                shifts.Add(other.Time - bar.Time);
            }
            if (met < FewestOf(a, b) || (double)same / met <= best.Share) continue;
            shifts.Sort();
            best = (new TimeSpan(Quantile.UpperMedian<long>(CollectionsMarshal.AsSpan(shifts))), (double)same / met);
        }
        return best.Share >= Fitting && best.Shift != TimeSpan.Zero ? best.Shift : null;
    }

    private static IEnumerable<TimeSpan> Candidates(Timeframe timeframe)
    {
        yield return TimeSpan.Zero;
        for (var n = 1; n <= MostBars; n++)
        {
            yield return timeframe.Duration * n;
            yield return timeframe.Duration * -n;
        }
        for (var day = 1; timeframe == Timeframe.W1 && day < 14; day++)
        {
            yield return TimeSpan.FromDays(day);
            yield return TimeSpan.FromDays(-day);
        }
        if (!timeframe.IsIntraday) yield break;
        // Time zones differ by quarters of an hour.
        for (var quarter = 1; quarter <= 4 * MostHours; quarter++)
        {
            var shift = TimeSpan.FromMinutes(15 * quarter);
            if (shift.Ticks % timeframe.Ticks != 0 && timeframe.Ticks <= TimeSpan.TicksPerHour) continue;
            yield return shift;
            yield return -shift;
        }
    }
}
