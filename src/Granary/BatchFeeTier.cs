namespace Granary;

/// <summary>The keys of a batch's <c>execution.commissionTiers</c>.</summary>
public sealed record BatchFeeTier
{
    /// <summary>Least notional of the step.</summary>
    public required double From { get; init; }

    /// <summary>Commission of the notional.</summary>
    public required double Percent { get; init; }

    /// <summary>The same for limit orders filled at their price; negative is a rebate.</summary>
    public double? MakerPercent { get; init; }
}
