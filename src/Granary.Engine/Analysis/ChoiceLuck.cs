using Granary.Engine.Numerics;

namespace Granary.Engine.Analysis;

/// <summary>
/// Expected Sharpe ratio of a portfolio that joins chosen strategies, if all of them were worthless. Several lucky strategies together show
/// a higher ratio than the best of them: n independent ones, of which the winners are joined, about 0.56·√(n/T) per period.
/// </summary>
/// <remarks>
/// A chosen strategy k is expected to earn e_k·σ_k/√n per period by luck alone, e_k in standard errors: √(2/π) for one that was chosen
/// because it earned, the expected maximum for the best of several, 0 for one that was not chosen by its results. So the portfolio's ratio
/// is Σ w_k·e_k·σ_k / σ_P standard errors, σ_P the deviation of its returns Σ w_k·r_k. All deviations are the record's: a
/// bootstrap mean of the ratio would be ruled by samples in which a strategy that rarely trades hardly varies.
/// </remarks>
/// <param name="periods">Number of returns of each strategy.</param>
internal sealed class ChoiceLuck(int periods)
{
    /// <summary>Expected result of a worthless strategy that earned, in standard errors: the mean of a half-normal distribution.</summary>
    public const double OfWinner = 0.79788456080286535588;

    private readonly double[] _portfolio = new double[periods];
    private int _chosen;
    private double _expected;

    /// <summary>Adds a chosen strategy. The order of the calls decides the last bits of the result.</summary>
    /// <param name="returns">Its returns, oldest first.</param>
    /// <param name="expected">Its result by luck, in standard errors.</param>
    /// <param name="weight">Its weight in the portfolio, at least 0.</param>
    public void Add(ReadOnlySpan<double> returns, double expected, double weight = 1)
    {
        var deviation = Moments.OfReturns(returns).SampleDeviation;
        if (!(deviation > 0)) return;
        _chosen++;
        _expected += weight * expected * deviation;
        for (var t = 0; t < returns.Length; t++) _portfolio[t] += weight * returns[t];
    }

    /// <summary>
    /// The luck of the portfolio, in standard errors. It is 0 for fewer than two strategies, since a single one has the luck of the best
    /// trial, and for a portfolio that does not vary.
    /// </summary>
    public double StandardErrors =>
        _chosen > 1 && Moments.OfReturns(_portfolio).SampleDeviation is > 0 and var deviation ? _expected / deviation : 0;
}
