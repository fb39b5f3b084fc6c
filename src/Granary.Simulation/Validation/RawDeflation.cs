using Granary.Engine.Analysis;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Validation;

/// <summary>
/// The deflated Sharpe ratio of Bailey and López de Prado (2014), which counts every trial as independent and uses the variance of the
/// trials' Sharpe ratios. It is reported next to the decisive one, because strategies that lose on purpose can make that variance
/// arbitrarily large.
/// </summary>
/// <param name="TrialDeviation">Standard deviation of the trials' Sharpe ratios at this run's costs, per period.</param>
/// <param name="ExpectedMaximum">Expected maximum Sharpe ratio of worthless trials, per period.</param>
/// <param name="Deflated">NaN if the portfolio has no Sharpe ratio.</param>
internal sealed record RawDeflation(double TrialDeviation, double ExpectedMaximum, double Deflated)
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
