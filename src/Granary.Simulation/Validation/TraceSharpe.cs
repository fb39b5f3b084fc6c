using Granary.Engine.Analysis;

namespace Granary.Simulation.Validation;

/// <summary>Sharpe ratio of a trace's returns with the moments that its confidence needs; per period, not annualised.</summary>
/// <param name="Sharpe">NaN if the equity is constant or everything was lost.</param>
/// <param name="Returns">Number of periods.</param>
/// <param name="Kurtosis">Raw kurtosis: 3 for a normal distribution.</param>
internal readonly record struct TraceSharpe(double Sharpe, long Returns, double Skew, double Kurtosis)
{
    public static TraceSharpe Of(EquityTrace trace) => Of(trace.Returns(trace.FirstPeriod, trace.LastPeriod + 1));

    public static TraceSharpe Of(ReadOnlySpan<double> returns)
    {
        var moments = Moments.OfReturns(returns);
        // A ruined account has no Sharpe ratio.
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
    /// Probability that the true ratio exceeds the expected maximum of this many independent worthless trials; NaN if there is no Sharpe
    /// ratio.
    /// </summary>
    public double Deflated(double effectiveTrials) => Above(new LuckBar(effectiveTrials).PerPeriod(Returns));

    /// <summary>See <see cref="SharpeConfidence.Probabilistic"/>; NaN if there is no Sharpe ratio.</summary>
    public double Above(double threshold) =>
        double.IsNaN(Sharpe) || Returns < 2 ? double.NaN : SharpeConfidence.Probabilistic(Sharpe, threshold, Returns, Skew, Kurtosis);

    /// <summary>Number of periods after which the ratio is above zero with 95 % confidence.</summary>
    public double MinimumTrackRecord => SharpeConfidence.MinimumTrackRecordLength(Sharpe, 0, Skew, Kurtosis);
}
