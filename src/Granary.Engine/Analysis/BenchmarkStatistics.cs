namespace Granary.Engine.Analysis;

/// <summary>
/// A curve r against a benchmark b, at the times that both have; NaN with fewer than two common returns or without deviation.
/// </summary>
/// <param name="CommonPoints">The number of common times.</param>
/// <param name="TrackingError">Annualised deviation of r − b, ddof 1.</param>
/// <param name="InformationRatio">Mean of r − b over its deviation, annualised.</param>
/// <param name="Beta">cov(r, b) / var(b).</param>
/// <param name="Alpha">mean(r) − beta · mean(b), times the periods per year.</param>
/// <param name="Correlation">Pearson's.</param>
/// <param name="BenchmarkReturn">The benchmark's total return over the common times.</param>
/// <param name="PeriodsPerYear">Periods per year of the common times, which annualise the other values.</param>
internal sealed record BenchmarkStatistics(
    int CommonPoints, double TrackingError, double InformationRatio, double Beta, double Alpha, double Correlation, double BenchmarkReturn,
    double PeriodsPerYear)
{
    public static BenchmarkStatistics Of(EquityCurve curve, EquityCurve benchmark, double periodsPerYear)
    {
        var (own, other, _) = CurveJoin.Of(curve, benchmark);
        var r = own.Returns;
        var b = other.Returns;
        var n = r.Length;
        var excess = new double[n];
        for (var i = 0; i < n; i++) excess[i] = r[i] - b[i];
        var active = Moments.OfReturns(excess);
        var mine = Moments.OfReturns(r);
        var theirs = Moments.OfReturns(b);
        double products = 0;
        for (var i = 0; i < n; i++) products += (r[i] - mine.Mean) * (b[i] - theirs.Mean);
        var covariance = n > 1 ? products / (n - 1) : double.NaN;
        var beta = theirs.SampleDeviation > 0 ? covariance / theirs.SampleVariance : double.NaN;
        var deviation = active.SampleDeviation;
        var correlation = mine.SampleDeviation > 0 && theirs.SampleDeviation > 0
            ? Math.Clamp(covariance / (mine.SampleDeviation * theirs.SampleDeviation), -1, 1)
            : double.NaN;
        // A ruined account has no ratios.
        var mean = IsRuined(own) ? double.NaN : active.Mean;
        return new BenchmarkStatistics(own.Count,
            deviation * Math.Sqrt(periodsPerYear),
            deviation > 0 ? mean / deviation * Math.Sqrt(periodsPerYear) : double.NaN,
            beta, IsRuined(own) ? double.NaN : (mine.Mean - beta * theirs.Mean) * periodsPerYear, correlation,
            other.Count > 0 && other.Values[0] > 0 ? other.Values[^1] / other.Values[0] - 1 : double.NaN, periodsPerYear);
    }

    private static bool IsRuined(EquityCurve curve)
    {
        foreach (var value in curve.Values)
            if (value <= 0)
                return true;
        return false;
    }
}
