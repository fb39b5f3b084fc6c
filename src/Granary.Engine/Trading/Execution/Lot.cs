namespace Granary.Engine.Trading.Execution;

/// <summary>
/// One trade of an account: what is open of it, what was closed, and what it has cost. Books of strategies, portfolios and the ledgers of
/// live accounts have it. Quantities are base units, amounts are quote currency.
/// </summary>
/// <remarks>
/// A trade that was closed in part and is open when the bars end counts as two: the closed part and the open one. Entry fees and financing
/// are shared by quantity; each part has the fees of its own exits.
/// </remarks>
internal struct Lot
{
    public Lot(Side side, double quantity, double price, double fee)
    {
        (Side, EntryPrice, Fees) = (side, price, fee);
        Quantity = Entered = quantity;
    }

    public Side Side { get; }

    /// <summary>Quantity that is open.</summary>
    public double Quantity { get; private set; }

    /// <summary>Total quantity of the entries.</summary>
    public double Entered { get; private set; }

    /// <summary>Volume-weighted price of the entries.</summary>
    public double EntryPrice { get; private set; }

    /// <summary>Sum of price times quantity of the exits.</summary>
    public double ExitNotional { get; private set; }

    /// <summary>Fees of all fills.</summary>
    public double Fees;

    /// <summary>The part of <see cref="Fees"/> that exits have paid.</summary>
    public double ExitFees { get; private set; }

    /// <summary>Dividends and funding received, less those owed, borrow fees and interest.</summary>
    public double Financing;

    /// <summary>Adds a further fill of the entry at any price: the entry price is the average.</summary>
    public void Increase(double quantity, double price, double fee)
    {
        EntryPrice = (EntryPrice * Entered + price * quantity) / (Entered + quantity);
        if (EntryGap != 0) EntryGap *= Entered / (Entered + quantity);
        Entered += quantity;
        Quantity += quantity;
        Fees += fee;
    }

    /// <summary>Books a fill that closes the trade or a part of it.</summary>
    public void Reduce(double quantity, double price, double fee)
    {
        Quantity -= quantity;
        ExitNotional += price * quantity;
        Fees += fee;
        ExitFees += fee;
    }

    /// <summary>Takes an open quantity below a share of what was entered as a rounding error of the fills.</summary>
    public void DropRest(double share)
    {
        if (Quantity <= share * Entered) Quantity = 0;
    }

    /// <summary>Applies a split: quantities grow as prices fall.</summary>
    public void Split(double ratio)
    {
        Quantity *= ratio;
        Entered *= ratio;
        EntryPrice /= ratio;
    }

    /// <summary>
    /// Moves the trade to the next contract. From then on prices are the new contract's, also those of earlier entries and exits, so that
    /// profits stay what the contracts' own trades have brought.
    /// </summary>
    /// <param name="gap">The price of the new contract less that of the old one, as they were traded.</param>
    public void Roll(double gap)
    {
        EntryPrice += gap;
        EntryGap += gap;
        ExitNotional += gap * Closed;
        ExitGaps += gap * Closed;
    }

    /// <summary>Sum that rolls have added to <see cref="EntryPrice"/> since the entry.</summary>
    public double EntryGap { get; private set; }

    /// <summary>Sum that rolls have added to <see cref="ExitNotional"/>.</summary>
    public double ExitGaps { get; private set; }

    /// <summary>The price at which it was entered, of the contract of that time.</summary>
    public readonly double OwnEntryPrice => EntryPrice - EntryGap;

    /// <summary>The part of the profit of a quantity that comes from rolls.</summary>
    /// <param name="closed">Whether it is the closed part or the whole; else what is open.</param>
    public readonly double RollProfit(double quantity, bool closed, double multiplier) => EntryGap == 0 && ExitGaps == 0 ? 0
        : -(int)Side * (EntryGap * quantity - (closed ? ExitGaps : 0)) * multiplier;

    public readonly double Closed => Entered - Quantity;

    /// <summary>Average price of the exits.</summary>
    public readonly double ExitPrice => ExitNotional / Closed;

    /// <summary>Fees of the closed part.</summary>
    public readonly double ClosedFees => ExitFees + (Fees - ExitFees) * (Closed / Entered);

    /// <summary>Fees of the open part.</summary>
    public readonly double OpenFees => (Fees - ExitFees) * (Quantity / Entered);

    public readonly double ClosedFinancing => Financing * (Closed / Entered);

    public readonly double OpenFinancing => Financing * (Quantity / Entered);

    /// <summary>Profit before fees of a quantity that is closed, or valued, at a price.</summary>
    /// <param name="multiplier">The instrument's.</param>
    public readonly double Profit(double price, double quantity, double multiplier) =>
        (int)Side * (price - EntryPrice) * quantity * multiplier;
}
