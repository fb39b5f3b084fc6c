namespace Granary.Engine.Portfolio.Allocation;

/// <summary>The choice of an allocation method.</summary>
/// <param name="Weights">
/// By asset; none is negative. They add up to 1, to less if the bounds do not allow more, or to 0 if nothing was weighted.
/// </param>
/// <param name="RiskContributions">By asset: its share of the portfolio's variance; they add up to 1, or are all 0 without risk.</param>
internal sealed record AllocatedWeights(IReadOnlyList<double> Weights, IReadOnlyList<double> RiskContributions)
{
    /// <summary>Expected return per period: the mean over the periods.</summary>
    public double Return { get; init; }

    /// <summary>Standard deviation of the return per period, by the same covariance as the choice.</summary>
    public double Risk { get; init; }

    /// <summary>Share of the scaled identity in the covariance.</summary>
    public double Shrinkage { get; init; }
}
