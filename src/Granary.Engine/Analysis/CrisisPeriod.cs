namespace Granary.Engine.Analysis;

/// <summary>A period of market stress that reports show separately.</summary>
/// <param name="From">First day, UTC.</param>
/// <param name="To">Last day, UTC.</param>
internal sealed record CrisisPeriod(string Name, DateOnly From, DateOnly To)
{
    /// <summary>Peak-to-trough spans of the S&amp;P 500 (of bitcoin where the name says crypto) by daily closes, oldest first.</summary>
    public static IReadOnlyList<CrisisPeriod> All { get; } =
    [
        new("Black Monday", new(1987, 10, 13), new(1987, 10, 19)),
        new("Gulf War", new(1990, 7, 16), new(1990, 10, 11)),
        new("Asian crisis", new(1997, 10, 7), new(1997, 10, 27)),
        new("Russia and LTCM", new(1998, 7, 17), new(1998, 8, 31)),
        new("Dot-com crash", new(2000, 3, 24), new(2002, 10, 9)),
        new("September 11", new(2001, 9, 10), new(2001, 9, 21)),
        new("Financial crisis", new(2007, 10, 9), new(2009, 3, 9)),
        new("Lehman", new(2008, 9, 12), new(2008, 11, 20)),
        new("Flash crash", new(2010, 4, 23), new(2010, 7, 2)),
        new("US downgrade and euro crisis", new(2011, 7, 22), new(2011, 10, 3)),
        new("China devaluation", new(2015, 8, 17), new(2015, 8, 25)),
        new("Crypto winter 2018", new(2017, 12, 16), new(2018, 12, 15)),
        new("Volmageddon", new(2018, 1, 26), new(2018, 2, 8)),
        new("Fourth quarter 2018", new(2018, 9, 20), new(2018, 12, 24)),
        new("Pandemic", new(2020, 2, 19), new(2020, 3, 23)),
        new("Crypto crash of May 2021", new(2021, 5, 8), new(2021, 7, 20)),
        new("Crypto winter 2022", new(2021, 11, 8), new(2022, 11, 21)),
        new("Inflation and rate rises", new(2022, 1, 3), new(2022, 10, 12)),
        new("Yen carry unwind", new(2024, 7, 16), new(2024, 8, 5)),
        new("Tariff shock", new(2025, 2, 19), new(2025, 4, 8)),
    ];

    /// <summary>Computes return and deepest drawdown in each crisis period that contains at least two points of the curve.</summary>
    public static IReadOnlyList<CrisisResult> Of(EquityCurve curve, EquityCurve? benchmark = null)
    {
        var result = new List<CrisisResult>();
        foreach (var period in All)
        {
            var (from, to) = (period.From.ToDateTime(TimeOnly.MinValue).Ticks, period.To.AddDays(1).ToDateTime(TimeOnly.MinValue).Ticks);
            if (curve.Count == 0 || curve.Times[0] >= to || curve.Times[^1] < from) continue;
            if (Span(curve, from, to) is not { } own) continue;
            var theirs = benchmark is null ? null : Span(benchmark, from, to);
            result.Add(new CrisisResult(period, own.Return, own.MaxDrawdown, theirs?.Return));
        }
        return result;
    }

    private static (double Return, double MaxDrawdown)? Span(EquityCurve curve, long from, long to)
    {
        double first = double.NaN, last = double.NaN, peak = double.NegativeInfinity, deepest = 0;
        var points = 0;
        for (var i = 0; i < curve.Count && curve.Times[i] < to; i++)
        {
            if (curve.Times[i] < from) continue;
            last = curve.Values[i];
            if (points++ == 0) first = last;
            peak = Math.Max(peak, last);
            deepest = Math.Max(deepest, 1 - last / peak);
        }
        return points < 2 ? null : (first > 0 ? last / first - 1 : double.NaN, deepest);
    }
}

/// <summary>The result of a curve in one crisis period.</summary>
/// <param name="Return">From the first point inside the period to the last.</param>
/// <param name="MaxDrawdown">Within the period, a positive fraction.</param>
/// <param name="BenchmarkReturn">The benchmark's return in the period; null without a benchmark or without its points there.</param>
internal sealed record CrisisResult(CrisisPeriod Period, double Return, double MaxDrawdown, double? BenchmarkReturn);
