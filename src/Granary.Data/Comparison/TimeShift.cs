using Granary.Engine.Market;

namespace Granary.Data.Comparison;

/// <summary>Detects that one source has the other's bars at shifted times: a wrong time zone, or timestamps of the close.</summary>
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
            if (met >= 20 && (double)same / met is var share && share > best.Share) best = (shift, share);
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
