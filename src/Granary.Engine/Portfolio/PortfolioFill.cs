using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>Cause of a change of a portfolio's position.</summary>
internal enum PortfolioFillKind : byte
{
    /// <summary>A purchase or short sale that opened a trade or added to it.</summary>
    Entry,
    /// <summary>A sale or purchase that closed a trade or a part of it.</summary>
    Exit,
    /// <summary>A split of the shares, without cash.</summary>
    Split,
    /// <summary>One of the two orders of a roll to the next contract.</summary>
    Roll,
}

/// <summary>One change of the portfolio's position in a trade. All changes up to a time add up to the position at that time.</summary>
/// <param name="Number">The number of the trade within its strategy.</param>
/// <param name="Market">Index of the instrument.</param>
/// <param name="Side">The side of the trade.</param>
/// <param name="Time">Open time of the bar, UTC ticks.</param>
/// <param name="Price">Quote currency, slippage included; 0 for a split.</param>
/// <param name="Quantity">Base units, positive; for a split the change, which is negative for a reverse split; for a roll
/// negative where it closes the old contract.</param>
/// <param name="Commission">Quote currency; negative is a rebate.</param>
internal readonly record struct PortfolioFill(int Member, int Number, int Market, Side Side, PortfolioFillKind Kind, long Time,
    double Price, double Quantity, double Commission)
{
    /// <summary>The value of one unit of the quote currency in the account's.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>The value that was bought or sold: price times quantity, account currency, positive; 0 for a split.</summary>
    /// <param name="multiplier">The instrument's.</param>
    public double ValueOf(double multiplier) => Math.Abs(Price * Quantity) * multiplier * Rate;
}
