namespace Granary.Learning.Tracking;

/// <summary>A few strategies and what each gets.</summary>
/// <param name="Chosen">Strategies in the order of their choice.</param>
/// <param name="Weights">One for each, positive, adding up to 1.</param>
/// <param name="Sharpe">Of the combined stream over the fitted periods, per period.</param>
public sealed record StrategyWeights(IReadOnlyList<string> Chosen, IReadOnlyList<double> Weights, double Sharpe);

/// <summary>
/// A sparse choice of strategies that do not repeat one another, from their return streams (<c>weights: matching-pursuit</c>).
/// </summary>
/// <remarks>
/// Regressing a constant on returns without an intercept gives weights proportional to those of the portfolio with the highest Sharpe ratio
/// (Britten-Jones, The sampling error in estimates of mean-variance efficient portfolio weights, Journal of Finance 54(2), 1999).
/// Matching pursuit of the constant, with atoms normalised and weights not negative, therefore takes the strategy with the best Sharpe
/// ratio first, then the one that adds most to it, and so on; strategies that only repeat a chosen one add nothing.
/// </remarks>
public static class SparseSelection
{
    /// <param name="returns">Each strategy's returns over the same periods.</param>
    /// <param name="most">The most strategies that are chosen.</param>
    /// <param name="maxCorrelation">Strategies that correlate more than this with a chosen one are passed over.</param>
    /// <param name="maxWeight">
    /// No strategy gets more, of a whole of 1; where fewer are chosen than that allows, they get equal parts.
    /// </param>
    /// <returns>Without strategies where none earns anything.</returns>
    /// <exception cref="ArgumentException">Sizes or limits that do not fit.</exception>
    public static StrategyWeights Choose(ReturnPanel returns, int most, double maxCorrelation = 0.7, double maxWeight = 1)
    {
        if (!(maxWeight is > 0 and <= 1)) throw new ArgumentException($"a largest weight of {maxWeight} is not in (0, 1]");
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
        var combined = Granary.Engine.Analysis.Moments.Of(returns.Combine(fit.Support, weights));
        return new StrategyWeights([.. fit.Support.Select(s => returns.Names[s])], weights,
            combined.SampleDeviation > 0 ? combined.Mean / combined.SampleDeviation : double.NaN);
    }

    // Scales to a sum of one; what exceeds the cap is shared among the others in proportion.
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
                if (full[i] || weights[i] / open * room <= cap * (1 + 1e-12)) continue;
                full[i] = again = true;
            }
            if (again) continue;
            for (var i = 0; i < weights.Length; i++) weights[i] = full[i] ? cap : weights[i] / open * room;
            return weights;
        }
    }
}
