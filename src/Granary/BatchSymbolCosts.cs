namespace Granary;

/// <summary>The keys of a batch's <c>execution.symbols</c>.</summary>
public sealed record BatchSymbolCosts
{
    /// <summary>Of the notional.</summary>
    public double? CommissionPercent { get; init; }

    /// <summary>The same for limit orders filled at their price; negative is a rebate.</summary>
    public double? CommissionMakerPercent { get; init; }

    /// <summary>Per unit, added to the percentage.</summary>
    public double? CommissionPerUnit { get; init; }

    /// <summary>Per order, charged with its first fill.</summary>
    public double? CommissionPerOrder { get; init; }

    /// <summary>Minimum per order, over all its fills.</summary>
    public double? CommissionMinimum { get; init; }

    /// <summary>Of the price of market and stop orders.</summary>
    public double? SlippagePercent { get; init; }

    /// <summary>In the instrument's ticks.</summary>
    public double? SlippageTicks { get; init; }

    /// <summary>Factor of (fill / bar volume)².</summary>
    public double? SlippageVolumeImpact { get; init; }

    /// <summary>Between bid and ask, of the price.</summary>
    public double? SpreadPercent { get; init; }

    /// <summary>Per year, on short positions.</summary>
    public double? BorrowPercent { get; init; }
}
