using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio;

/// <summary>The portfolio's share of an open trade of a strategy. Quantities are base units, amounts are account currency.</summary>
internal struct PortfolioHolding
{
    /// <summary>Quantity that is open now.</summary>
    public double Quantity;

    /// <summary>Total quantity that was entered.</summary>
    public double Entered;

    /// <summary>Volume-weighted price of the entries.</summary>
    public double EntryPrice;

    /// <summary>Sum of price times quantity of partial exits.</summary>
    public double ExitNotional;

    /// <summary>The part of <see cref="Commission"/> that exits have paid.</summary>
    public double ExitCommission;

    /// <summary>Open time of the bar of the last partial exit, UTC ticks.</summary>
    public long LastExit;

    /// <summary>Bars from that of the entry to that of the last partial exit.</summary>
    public int LastExitBars;

    /// <summary>The reason of the last partial exit.</summary>
    public ExitReason LastReason;

    public double Commission, Financing;

    /// <summary>The portfolio's quantity as a multiple of the strategy's.</summary>
    public double Scale;

    /// <summary>The strategy's weight when the trade was opened.</summary>
    public double Weight;

    /// <summary>Open quantity of the strategy's own trade.</summary>
    public double Theirs;

    /// <summary>
    /// Splits that are applied to the quantities since another trade reported them, and that this trade has not reported yet.
    /// </summary>
    public int SplitsAhead;

    /// <summary>The product of the ratios of these splits; not set without them.</summary>
    public double AheadRatio;

    /// <summary>
    /// The quantity, <see cref="ExitNotional"/> and <see cref="Commission"/> before the liquidation of the trade; a quantity of 0 = it was
    /// not liquidated.
    /// </summary>
    public (double Quantity, double ExitNotional, double Commission) BeforeLiquidation;

    /// <summary>Index of the instrument.</summary>
    public int Market;

    public Side Side;

    /// <summary>Open time of the bar of entry, UTC ticks.</summary>
    public long EntryTime;

    /// <summary>Index of that bar, as <see cref="HeldBars"/> counts it.</summary>
    public long EntryBar;
}
