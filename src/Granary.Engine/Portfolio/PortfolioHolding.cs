using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Portfolio;

/// <summary>The portfolio's share of an open trade of a strategy. Quantities are base units, amounts are account currency.</summary>
internal struct PortfolioHolding
{
    public Lot Lot;

    /// <summary>Open time of the bar of the last partial exit, UTC ticks.</summary>
    public long LastExit;

    /// <summary>Bars from entry to last partial exit.</summary>
    public int LastExitBars;

    /// <summary>
    /// The price of the only exit so far, if it was computed for the portfolio's quantity or is its own liquidation; NaN otherwise.
    /// </summary>
    public double OnlyExit;

    /// <summary>The reason of the last partial exit.</summary>
    public ExitReason LastReason;

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

    /// <summary>The number of changes of the instrument's listing that it has followed, or that were before its entry.</summary>
    public int Changes;

    /// <summary>Index of the instrument.</summary>
    public int Market;

    /// <summary>
    /// The open quantities of the portfolio and of the strategy before the first partial exit since an entry or a cut of the portfolio; 0 =
    /// there was none.
    /// </summary>
    public (double Own, double Theirs) Whole;

    public readonly Side Side => Lot.Side;

    /// <summary>Quantity that is open now.</summary>
    public readonly double Quantity => Lot.Quantity;

    public readonly double Entered => Lot.Entered;

    public readonly double EntryPrice => Lot.EntryPrice;

    /// <summary>
    /// The portfolio's part of a partial exit of the strategy. Lots round the sum of the parts, as they do for the targets of a trade.
    /// </summary>
    /// <param name="theirs">The strategy's quantity.</param>
    public double PartOf(double theirs, Instrument instrument)
    {
        if (!(instrument.LotSize > 0)) return Quantity * (theirs / Theirs);
        if (Whole.Theirs == 0) Whole = (Quantity, Theirs);
        var stays = Theirs - theirs;
        return Math.Max(0, instrument.RoundQuantity(Whole.Own * ((Whole.Theirs - stays) / Whole.Theirs)) - (Whole.Own - Quantity));
    }

    /// <summary>Whether a part was closed.</summary>
    public readonly bool IsParted => Lot.ExitNotional != 0;

    /// <summary>Open time of the bar of entry, UTC ticks.</summary>
    public long EntryTime;

    /// <summary>Whether it was entered at the close of that bar, to which it was not exposed.</summary>
    public bool EnteredOnClose;

    /// <summary>Whether it was entered at the open of that bar, so its whole range came after it.</summary>
    public bool EnteredAtOpen;

    /// <summary>
    /// Entry price and quantity before what was added after the open of a bar, whose range does not count for it; the bar's open time.
    /// </summary>
    public (long Time, double EntryPrice, double Quantity) Exposed;

    /// <summary>The funding that it has paid or received after the open of a bar, account currency; the bar's open time.</summary>
    public (long Time, double Amount) FundedWithin;

    /// <summary>Index of that bar, as <see cref="HeldBars"/> counts it.</summary>
    public long EntryBar;
}
