using Granary.Engine.Analysis;

namespace Granary.Simulation.Validation;

/// <summary>The Sharpe ratio of a trace's returns with what its confidence depends on; all per period, not annualised.</summary>
/// <param name="Sharpe">NaN where nothing moved, and where all was lost.</param>
/// <param name="Returns">Periods.</param>
/// <param name="Kurtosis">Raw: 3 for the normal distribution.</param>
public readonly record struct TraceSharpe(double Sharpe, long Returns, double Skew, double Kurtosis)
{
    public static TraceSharpe Of(EquityTrace trace) => Of(trace.Returns(trace.FirstPeriod, trace.LastPeriod + 1));

    public static TraceSharpe Of(ReadOnlySpan<double> returns)
    {
        var moments = Moments.Of(returns);
        // Where all was lost there is no ratio.
        var deviation = IsRuined(returns) ? 0 : moments.SampleDeviation;
        return new TraceSharpe(deviation > 0 ? moments.Mean / deviation : double.NaN, moments.Count, moments.Skew, moments.Kurtosis);
    }

    private static bool IsRuined(ReadOnlySpan<double> returns)
    {
        foreach (var r in returns)
            if (r <= -1)
                return true;
        return false;
    }

    /// <summary>
    /// What the best of so many independent worthless strategies would show over as many periods; see
    /// <see cref="SharpeConfidence.ExpectedMaximum"/>.
    /// </summary>
    public double ExpectedMaximum(double effectiveTrials) =>
        SharpeConfidence.ExpectedMaximum(SharpeConfidence.NullVariance(Returns), effectiveTrials);

    /// <summary>
    /// The probability that the true ratio exceeds what so many independent worthless trials would show; NaN where there is no Sharpe
    /// ratio.
    /// </summary>
    public double Deflated(double effectiveTrials) => Above(ExpectedMaximum(effectiveTrials));

    /// <summary>See <see cref="SharpeConfidence.Probabilistic"/>; NaN where there is no Sharpe ratio.</summary>
    public double Above(double threshold) =>
        double.IsNaN(Sharpe) || Returns < 2 ? double.NaN : SharpeConfidence.Probabilistic(Sharpe, threshold, Returns, Skew, Kurtosis);

    /// <summary>Periods from which on the ratio is above zero at 95 %.</summary>
    public double MinimumTrackRecord => SharpeConfidence.MinimumTrackRecordLength(Sharpe, 0, Skew, Kurtosis);
}
