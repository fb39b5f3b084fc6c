namespace Granary.Engine.Portfolio.Allocation;

/// <summary>Bounds of the weights and other settings of an allocation method.</summary>
internal sealed record AllocationSettings
{
    public static AllocationSettings Default { get; } = new();

    /// <summary>The smallest weight of each asset that is weighted.</summary>
    public double Minimum { get; init; }

    /// <summary>The greatest weight of each asset.</summary>
    public double Maximum { get; init; } = 1;

    /// <summary>Bounds of sums of weights. Two caps have no asset in common, or all assets of one of them.</summary>
    public IReadOnlyList<AllocationCap> Caps { get; init; } = [];

    /// <summary>
    /// Price of a change: it multiplies the sum of the absolute changes of the weights. It has the unit of the method's objective:
    /// variance per period for minimum variance, return per period for the maximum Sharpe ratio, weight for the other methods.
    /// </summary>
    public double TurnoverPenalty { get; init; }

    /// <summary>Share of the scaled identity in the covariance, from 0 to 1; null for Ledoit and Wolf's.</summary>
    public double? Shrinkage { get; init; }
}
