using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;

namespace Granary.Application.Guards;

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

    /// <summary>See <see cref="SharpeConfidence.Deflated"/>; NaN where there is no Sharpe ratio, or no telling how those of the trials vary.</summary>
    /// <param name="variance">Of the trials' Sharpe ratios, per period.</param>
    public double Deflated(double variance, long trials) =>
        double.IsNaN(Sharpe) || Returns < 2 ? double.NaN : SharpeConfidence.Deflated(Sharpe, Returns, Skew, Kurtosis, trials > 1 ? variance : 0, trials);

    /// <summary>Periods from which on the ratio is above zero at 95 %.</summary>
    public double MinimumTrackRecord => SharpeConfidence.MinimumTrackRecordLength(Sharpe, 0, Skew, Kurtosis);
}
