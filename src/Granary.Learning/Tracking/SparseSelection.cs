using Granary.Engine;
using Granary.Engine.Numerics;

namespace Granary.Learning.Tracking;

/// <summary>A selection of strategies with weights.</summary>
/// <param name="Chosen">The strategies in the order of selection.</param>
/// <param name="Weights">One positive weight for each; they add up to 1.</param>
/// <param name="Sharpe">Sharpe ratio per period of the combined returns over the fitted periods.</param>
internal sealed record StrategyWeights(IReadOnlyList<string> Chosen, IReadOnlyList<double> Weights, double Sharpe);

/// <summary>
/// Selects a few strategies that are not redundant, from their returns (<c>weights: matching-pursuit</c>).
/// </summary>
/// <remarks>
/// Regressing a constant on returns without an intercept gives weights proportional to those of the portfolio with the highest Sharpe
/// ratio. (Britten-Jones, The sampling error in estimates of mean-variance efficient portfolio weights, Journal of Finance 54(2), 1999.)
/// Matching pursuit of the constant, with normalised atoms and weights that are not negative, therefore takes the strategy with the best
/// Sharpe ratio first. Then it takes the one that adds most to it, and so on. Strategies that only repeat a chosen one add nothing.
/// </remarks>
internal static class SparseSelection
{
    /// <param name="returns">Each strategy's returns over the same periods.</param>
    /// <param name="most">The maximum number of strategies.</param>
    /// <param name="maxCorrelation">Strategies with a higher correlation with a selected one are skipped.</param>
    /// <param name="maxWeight">
    /// The maximum weight, of a total of 1; if too few strategies are selected for it, they get equal weights.
    /// </param>
    /// <returns>No strategies if none has a positive return.</returns>
    /// <exception cref="InputException">Sizes do not match, or a limit is out of range.</exception>
    public static StrategyWeights Choose(ReturnPanel returns, int most, double maxCorrelation = 0.7, double maxWeight = 1)
    {
        if (!(maxWeight is > 0 and <= 1)) throw new InputException($"a largest weight of {maxWeight} is not in (0, 1]");
        var ones = new double[returns.Periods];
        Array.Fill(ones, 1);
        var fit = MatchingPursuit.Fit(returns, ones, new PursuitOptions
        {
            MaxNames = most,
            NonNegative = true,
            NormaliseAtoms = true,
            MaxCorrelation = maxCorrelation,
            Refinement = Refinement.None,
        });
        if (fit.Support.Count == 0) return new StrategyWeights([], [], double.NaN);
        var weights = Capped([.. fit.Weights], maxWeight);
        var combined = Granary.Engine.Analysis.Moments.OfReturns(returns.Combine(fit.Support, weights));
        return new StrategyWeights([.. fit.Support.Select(s => returns.Names[s])], weights,
            combined.SampleDeviation > 0 ? combined.Mean / combined.SampleDeviation : double.NaN);
    }

    // Scales to a sum of 1; the excess over the cap is divided among the others in proportion.
    private static double[] Capped(double[] weights, double cap)
    {
        cap = Math.Max(cap, 1.0 / weights.Length);
        var full = new bool[weights.Length];
        while (true)
        {
            double open = 0, room = 1;
            for (var i = 0; i < weights.Length; i++)
            {
                if (full[i]) room -= cap;
                else open += weights[i];
            }
            var again = false;
            for (var i = 0; i < weights.Length; i++)
            {
                if (full[i] || weights[i] / open * room <= cap * (1 + Tolerance.Arithmetic)) continue;
                full[i] = again = true;
            }
            if (again) continue;
            for (var i = 0; i < weights.Length; i++) weights[i] = full[i] ? cap : weights[i] / open * room;
            return weights;
        }
    }
}
