namespace Granary.Engine.Market;

/// <summary>
/// The adjustment of the prices of consecutive contracts that a strategy sees. The account always trades the contracts' own prices.
/// </summary>
/// <remarks>The first contract is the anchor, so a value that was known earlier never changes later.</remarks>
public enum PriceAdjustment : byte
{
    /// <summary>As they are, with the gaps of rolls.</summary>
    None,
    /// <summary>Less the sum of the gaps so far.</summary>
    Difference,
    /// <summary>Divided by the product of the ratios so far.</summary>
    Ratio,
}
