namespace Granary.Engine.Analysis.Metrics;

/// <summary>Results of the validation checks that are metrics.</summary>
/// <param name="DeflatedSharpe">
/// The probability that the Sharpe ratio is above what the best of all trials would show were they worthless.
/// </param>
/// <param name="ProbabilityOfOverfitting">Of the choice among the batch's strategies, so of its portfolio only; NaN elsewhere.</param>
public readonly record struct CheckResults(double DeflatedSharpe, double ProbabilityOfOverfitting)
{
    /// <summary>Before the checks have run.</summary>
    public static CheckResults None => new(double.NaN, double.NaN);
}
