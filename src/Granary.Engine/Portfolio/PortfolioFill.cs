using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>What changed a position of the portfolio.</summary>
public enum PortfolioFillKind : byte
{
    /// <summary>A purchase or short sale that opened a trade or added to it.</summary>
    Entry,
    /// <summary>A sale or purchase that closed a trade or a part of it.</summary>
    Exit,
    /// <summary>The shares were split: no cash moved.</summary>
    Split,
}

/// <summary>One change of the portfolio's position in a trade. Together they are the position at every time.</summary>
/// <param name="Number">Of the trade, within its strategy.</param>
/// <param name="Market">Index of the instrument.</param>
/// <param name="Side">Of the trade.</param>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
/// <param name="Price">Quote currency, slippage included; 0 for a split.</param>
/// <param name="Quantity">Base units, positive; of a split, the change, which is negative where units are joined.</param>
/// <param name="Commission">Account currency; negative is a rebate.</param>
public readonly record struct PortfolioFill(int Member, int Number, int Market, Side Side, PortfolioFillKind Kind, long Time, double Price,
    double Quantity, double Commission);
