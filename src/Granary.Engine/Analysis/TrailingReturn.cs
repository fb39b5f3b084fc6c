namespace Granary.Engine.Analysis;

/// <summary>The return of a curve from a date to its end.</summary>
/// <param name="Name">As "1 year".</param>
/// <param name="From">UTC ticks of the point that the return is taken against.</param>
/// <param name="Return">Last equity over the equity at <paramref name="From"/>, minus 1; NaN where the curve does not reach back so
/// far.</param>
/// <param name="Cagr">The same a year (365.25 days); NaN for spans of a year or less.</param>
internal readonly record struct TrailingReturn(string Name, long From, double Return, double Cagr)
{
    private const double Year = 365.25;

    /// <summary>
    /// Month and year to date, 3 and 6 months, 1, 3, 5 and 10 years, and since the start. Spans go by the calendar: a year before
    /// 29 February is 28 February.
    /// </summary>
    /// <param name="asOf">UTC ticks of the end; null for the curve's last point.</param>
    public static IReadOnlyList<TrailingReturn> Of(EquityCurve curve, long? asOf = null)
    {
        if (curve.Count < 2) return [];
        var end = new DateTime(asOf ?? curve.Times[^1]);
        return
        [
            Since(curve, "Month to date", new DateTime(end.Year, end.Month, 1).Ticks - 1),
            Since(curve, "Year to date", new DateTime(end.Year, 1, 1).Ticks - 1),
            Since(curve, "3 months", end.AddMonths(-3).Ticks),
            Since(curve, "6 months", end.AddMonths(-6).Ticks),
            Since(curve, "1 year", end.AddYears(-1).Ticks),
            Since(curve, "3 years", end.AddYears(-3).Ticks),
            Since(curve, "5 years", end.AddYears(-5).Ticks),
            Since(curve, "10 years", end.AddYears(-10).Ticks),
            At(curve, "Since the start", 0),
        ];
    }

    // Against the last point at or before that time; in the curve's first month or year against its first point.
    private static TrailingReturn Since(EquityCurve curve, string name, long timestamp)
    {
        var at = curve.Times.BinarySearch(timestamp);
        if (at < 0) at = ~at - 1;
        if (at >= 0) return At(curve, name, at);
        return name.EndsWith("to date", StringComparison.Ordinal) ? At(curve, name, 0)
            : new TrailingReturn(name, timestamp, double.NaN, double.NaN);
    }

    private static TrailingReturn At(EquityCurve curve, string name, int at)
    {
        var (from, to) = (curve.Values[at], curve.Values[^1]);
        var days = (curve.Times[^1] - curve.Times[at]) / (double)TimeSpan.TicksPerDay;
        var growth = from > 0 ? to / from : double.NaN;
        return new TrailingReturn(name, curve.Times[at], growth - 1,
            days > Year + 1 && growth >= 0 ? Math.Pow(growth, Year / days) - 1 : double.NaN);
    }
}
