namespace Granary.Engine.Analysis;

/// <summary>
/// How far a Sharpe ratio can be believed, given the length and shape of its record.
/// All ratios here are <em>per period</em>, not annualised, and kurtosis is raw (3 for the normal distribution):
/// several well-known programs feed excess kurtosis into these formulas, which makes every record look better than it is.
/// </summary>
internal static class SharpeConfidence
{
    /// <summary>
    /// The standard error of an estimated Sharpe ratio: √((1 − γ₃·SR + (γ₄ − 1)/4·SR²) / (n − 1)). Mertens 2002; Bailey and López de Prado
    /// 2012.
    /// </summary>
    /// <returns>NaN for fewer than two returns.</returns>
    public static double StandardError(double sharpe, long returns, double skew, double kurtosis) =>
        returns > 1 ? Math.Sqrt((1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe) / (returns - 1)) : double.NaN;

    /// <summary>
    /// The probability that the true Sharpe ratio exceeds <paramref name="threshold"/>.
    /// Bailey and López de Prado, The Sharpe ratio efficient frontier, Journal of Risk 15(2), 2012.
    /// </summary>
    public static double Probabilistic(double sharpe, double threshold, long returns, double skew, double kurtosis) =>
        NormalDistribution.Cumulative((sharpe - threshold) / StandardError(sharpe, returns, skew, kurtosis));

    /// <summary>
    /// The number of returns from which on the Sharpe ratio exceeds <paramref name="threshold"/> at the given confidence; ∞ where it does
    /// not exceed it at all. Bailey and López de Prado 2012: MinTRL = 1 + (1 − γ₃·SR + (γ₄ − 1)/4·SR²) · (z_confidence / (SR − SR*))².
    /// </summary>
    public static double MinimumTrackRecordLength(double sharpe, double threshold, double skew, double kurtosis, double confidence = 0.95)
    {
        if (double.IsNaN(sharpe)) return double.NaN;
        if (sharpe <= threshold) return double.PositiveInfinity;
        var z = NormalDistribution.Quantile(confidence) / (sharpe - threshold);
        return 1 + (1 - skew * sharpe + (kurtosis - 1) / 4 * sharpe * sharpe) * z * z;
    }

    /// <summary>
    /// The Sharpe ratio that the best of <paramref name="trials"/> worthless strategies is expected to show.
    /// Bailey and López de Prado, The deflated Sharpe ratio, Journal of Portfolio Management 40(5), 2014:
    /// √V · ((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e))), γ the Euler–Mascheroni constant.
    /// </summary>
    /// <param name="variance">The variance of the trials' Sharpe ratios, per period.</param>
    /// <param name="trials">
    /// The number of independent trials, not necessarily whole; 1 gives 0. The formula is for many; between 1 and 2 it is a straight line.
    /// </param>
    public static double ExpectedMaximum(double variance, double trials)
    {
        if (trials <= 1) return 0;
        if (trials < 2) return (trials - 1) * ExpectedMaximum(variance, 2);
        const double gamma = NormalDistribution.EulerMascheroni;
        return Math.Sqrt(variance)
               * ((1 - gamma) * NormalDistribution.Quantile(1 - 1 / trials)
                   + gamma * NormalDistribution.Quantile(1 - 1 / (trials * Math.E)));
    }

    /// <summary>
    /// The variance of the estimated Sharpe ratio of a worthless strategy: 1 / (n − 1), for any distribution of its returns (Mertens 2002
    /// at SR = 0).
    /// </summary>
    /// <returns>NaN for fewer than two returns.</returns>
    public static double NullVariance(long returns) => returns > 1 ? 1.0 / (returns - 1) : double.NaN;

    /// <summary>
    /// The probabilistic Sharpe ratio against the expected maximum of <paramref name="trials"/> worthless trials: a value above 0.95 is
    /// evidence of an edge.
    /// </summary>
    /// <inheritdoc cref="ExpectedMaximum"/>
    public static double Deflated(double sharpe, long returns, double skew, double kurtosis, double variance, double trials) =>
        Probabilistic(sharpe, ExpectedMaximum(variance, trials), returns, skew, kurtosis);
}
