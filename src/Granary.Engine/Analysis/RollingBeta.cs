namespace Granary.Engine.Analysis;

/// <summary>Beta to a benchmark over a moving window of returns, at the times that both curves have.</summary>
/// <param name="Times">UTC ticks of the last return of each window.</param>
/// <param name="Beta">cov(r, b) / var(b); NaN where the benchmark does not move.</param>
internal sealed record RollingBeta(long[] Times, double[] Beta)
{
    /// <param name="window">Returns in a window, at least 2.</param>
    /// <returns>Empty where the curves have fewer common returns than the window.</returns>
    public static RollingBeta Of(EquityCurve curve, EquityCurve benchmark, int window)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 2);
        var (own, other) = curve.OnCommonTimes(benchmark);
        var r = own.Returns;
        var b = other.Returns;
        var count = Math.Max(0, r.Length - window + 1);
        var result = new RollingBeta(new long[count], new double[count]);
        for (var at = 0; at < count; at++)
        {
            // Each window by itself: a few thousand windows of a few hundred returns, and no sum that drifts.
            var (mine, theirs) = (Moments.OfReturns(r.Slice(at, window)), Moments.OfReturns(b.Slice(at, window)));
            double products = 0;
            for (var i = at; i < at + window; i++) products += (r[i] - mine.Mean) * (b[i] - theirs.Mean);
            result.Times[at] = own.Times[at + window];
            result.Beta[at] = theirs.SampleVariance > 0 ? products / (window - 1) / theirs.SampleVariance : double.NaN;
        }
        return result;
    }
}
