namespace Granary.Engine.Analysis;

/// <summary>The return of one calendar month or year.</summary>
/// <param name="Month">1 … 12; 0 for a year as a whole.</param>
/// <param name="Return">Last equity over the last one before the period (for the first: the curve's first), minus 1.</param>
internal readonly record struct PeriodReturn(int Year, int Month, double Return)
{
    /// <summary>Months in which the curve has points, oldest first, UTC.</summary>
    public static IReadOnlyList<PeriodReturn> Monthly(EquityCurve curve) => By(curve, months: true);

    /// <summary>Years in which the curve has points, oldest first, UTC.</summary>
    public static IReadOnlyList<PeriodReturn> Yearly(EquityCurve curve) => By(curve, months: false);

    private static List<PeriodReturn> By(EquityCurve curve, bool months)
    {
        var result = new List<PeriodReturn>();
        if (curve.Count == 0) return result;
        var before = curve.Values[0];
        var until = long.MinValue;
        int year = 0, month = 0;
        for (var i = 0; i < curve.Count; i++)
        {
            if (curve.Times[i] < until) continue;
            if (i > 0) Close(curve.Values[i - 1]);
            var date = new DateTime(curve.Times[i]);
            (year, month) = (date.Year, months ? date.Month : 0);
            var start = new DateTime(year, months ? month : 1, 1);
            until = (year, month) is (9999, 0) or (9999, 12) ? long.MaxValue : (months ? start.AddMonths(1) : start.AddYears(1)).Ticks;
        }
        Close(curve.Values[^1]);
        return result;

        void Close(double last)
        {
            result.Add(new PeriodReturn(year, month, before > 0 ? last / before - 1 : double.NaN));
            before = last;
        }
    }
}
