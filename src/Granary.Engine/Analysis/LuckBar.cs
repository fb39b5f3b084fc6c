namespace Granary.Engine.Analysis;

/// <summary>
/// The Sharpe ratio that a choice among worthless strategies is expected to show. It is the only such number: searches, validation checks
/// and trial budgets compare with it.
/// </summary>
/// <remarks>
/// The estimate of a worthless strategy's ratio has the standard error 1/√(n − 1) per period, and so about 1/√T of a year over T years (Lo,
/// The statistics of Sharpe ratios, Financial Analysts Journal 58(4), 2002; Mertens 2002).
/// </remarks>
/// <param name="Trials">Effective number of independent trials, of which the best was chosen.</param>
/// <param name="Choice">Luck of a portfolio that joins several chosen strategies, see <see cref="ChoiceLuck"/>; 0 without one.</param>
internal readonly record struct LuckBar(double Trials, double Choice = 0)
{
    /// <summary>
    /// The bar in standard errors of the estimate: the larger of the luck of the best trial, which is
    /// <see cref="SharpeConfidence.ExpectedMaximum"/>, and the luck of the portfolio.
    /// </summary>
    public double StandardErrors => Math.Max(SharpeConfidence.ExpectedMaximum(1, Trials), Choice);

    /// <summary>The bar per period of a record with so many returns; NaN for fewer than two.</summary>
    public double PerPeriod(long returns) => StandardErrors * Math.Sqrt(SharpeConfidence.NullVariance(returns));

    /// <summary>The bar of a year for a record of so many years, above 0.</summary>
    public double PerYear(double years) => StandardErrors / Math.Sqrt(years);
}
