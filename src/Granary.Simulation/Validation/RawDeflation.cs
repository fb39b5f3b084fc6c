using Granary.Engine.Analysis;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Validation;

/// <summary>
/// The deflated Sharpe ratio as Bailey and López de Prado 2014 have it, with every trial counted as independent and the variance that the
/// trials' Sharpe ratios have. It is shown beside the one that is decided by: strategies that lose on purpose make that variance as large
/// as they like.
/// </summary>
/// <param name="TrialDeviation">Of the trials' Sharpe ratios at this run's costs, per period.</param>
/// <param name="ExpectedMaximum">Per period.</param>
/// <param name="Deflated">NaN where the portfolio has no Sharpe ratio.</param>
public sealed record RawDeflation(double TrialDeviation, double ExpectedMaximum, double Deflated)
{
    public static RawDeflation Of(TraceSharpe portfolio, TrialCensus census, long periodTicks)
    {
        var variance = census.Sharpes.Count > 1 ? census.Sharpes.Variance * periodTicks / TimeSpan.TicksPerDay : 0;
        return new RawDeflation(Math.Sqrt(variance), SharpeConfidence.ExpectedMaximum(variance, census.Trials),
            double.IsNaN(portfolio.Sharpe) || portfolio.Returns < 2 ? double.NaN
                : SharpeConfidence.Deflated(portfolio.Sharpe, portfolio.Returns, portfolio.Skew, portfolio.Kurtosis, variance,
                    census.Trials));
    }
}
