namespace Granary.Engine.Analysis.Metrics;

/// <summary>Results of the validation checks that are metrics.</summary>
/// <param name="DeflatedSharpe">
/// The probability that the Sharpe ratio exceeds the best one expected from as many worthless trials.
/// </param>
/// <param name="ProbabilityOfOverfitting">
/// The probability that the choice among the batch's strategies is overfitted; only for the portfolio, otherwise NaN.
/// </param>
internal readonly record struct CheckResults(double DeflatedSharpe, double ProbabilityOfOverfitting)
{
    /// <summary>Before the checks have run.</summary>
    public static CheckResults None => new(double.NaN, double.NaN);
}
