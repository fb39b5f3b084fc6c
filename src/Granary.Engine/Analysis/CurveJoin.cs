namespace Granary.Engine.Analysis;

/// <summary>
/// Two curves at the times that both have, from the first common one to the last. If one of them has a row a day, they are joined by day,
/// with the last row of each day; otherwise by the exact time.
/// </summary>
/// <param name="Own">The curve at the common times; by day at the midnights (UTC) of the days.</param>
/// <param name="Other">The other curve at the same times.</param>
internal sealed record CurveJoin(EquityCurve Own, EquityCurve Other, bool IsByDay)
{
    // A shift by a day must match this many times as many days, so that the ends of the curves do not decide.
    private const double BetterShift = 1.1;

    public static CurveJoin Of(EquityCurve curve, EquityCurve other)
    {
        if (curve.Times.SequenceEqual(other.Times) || !IsDaily(curve) && !IsDaily(other))
        {
            var (own, others) = curve.OnCommonTimes(other);
            return new CurveJoin(own, others, IsByDay: false);
        }
        // Midnight in the east of Greenwich is an hour of the day before in UTC: those rows belong to the next day where that fits better.
        var best = Join(ByDay(curve, 0), ByDay(other, 0));
        foreach (var (shift, otherShift) in ((int, int)[])[(1, 0), (0, 1)])
            if (Join(ByDay(curve, shift), ByDay(other, otherShift)) is var shifted && shifted.Own.Count > BetterShift * best.Own.Count)
                best = shifted;
        return best;

        static CurveJoin Join(EquityCurve a, EquityCurve b)
        {
            var (own, others) = a.OnCommonTimes(b);
            return new CurveJoin(own, others, IsByDay: true);
        }
    }

    // A few days may have a second row, such as the starting value.
    private static bool IsDaily(EquityCurve curve)
    {
        var (days, last) = (0, -1L);
        foreach (var time in curve.Times)
        {
            var day = time / TimeSpan.TicksPerDay;
            if (day != last) days++;
            last = day;
        }
        return curve.Count - days <= Math.Max(1, days / 10);
    }

    private static EquityCurve ByDay(EquityCurve curve, int shift)
    {
        var (times, values) = (new List<long>(curve.Count), new List<double>(curve.Count));
        for (var i = 0; i < curve.Count; i++)
        {
            var time = curve.Times[i];
            var day = (time / TimeSpan.TicksPerDay + (time % TimeSpan.TicksPerDay == 0 ? 0 : shift)) * TimeSpan.TicksPerDay;
            if (times.Count > 0 && times[^1] == day) values[^1] = curve.Values[i];
            else
            {
                times.Add(day);
                values.Add(curve.Values[i]);
            }
        }
        return new EquityCurve([.. times], [.. values]);
    }
}
