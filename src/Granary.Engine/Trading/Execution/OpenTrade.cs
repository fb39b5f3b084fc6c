using Granary.Engine.Market;

namespace Granary.Engine.Trading.Execution;

/// <summary>An open trade, with the stop and target of its entry. <see cref="OpenTrades"/> changes its quantities.</summary>
internal struct OpenTrade
{
    private Lot _lot;
    public int Number { get; private set; }
    public readonly Side Side => _lot.Side;
    /// <summary>Quantity that is still open; base units.</summary>
    public readonly double Quantity => _lot.Quantity;
    public readonly double EntryQuantity => _lot.Entered;
    public readonly double EntryPrice => _lot.EntryPrice;
    public long SignalTime;
    public long EntryTime;
    /// <summary>Feed index of the bar of entry.</summary>
    public long EntryIndex;
    /// <summary>Feed index of the bar of the last fill of its entry order; 0 for a trade of manual orders.</summary>
    public long FilledIndex;
    /// <summary>
    /// Feed index of the first bar during which it was open from the bar's open on: after an entry on a close, the next bar.
    /// </summary>
    public long FirstWholeBar;
    public readonly double Commission => _lot.Fees;
    /// <summary>Sum over partial exits of price times quantity.</summary>
    public readonly double ExitNotional => _lot.ExitNotional;
    /// <summary>Feed index and open time of the bar of the last partial exit, and its reason.</summary>
    public long PartIndex, PartTime;
    public ExitReason PartReason;
    public TradeProtection Protection;
    /// <summary>Feed index of the first bar on which stop and target work.</summary>
    public long ProtectedFrom;
    /// <summary>
    /// Whether the market came back to the limit price of its entry. The bar of entry may have reached the target before, so only its
    /// close counts for the target.
    /// </summary>
    public bool TargetByClose;
    public bool EnteredAtOpen;
    /// <summary>The smaller bar of the entry within the bar of entry, from 1; 0 = unknown, or at the open.</summary>
    public int EntryStep;
    /// <summary>Whether an exit order is pending.</summary>
    public bool Exiting;
    /// <summary>Whether a part of its entry is still waiting.</summary>
    public bool EntryWorking;
    /// <summary>Whether the orders that add to it are still to be sent.</summary>
    public bool StepsDue;
    /// <summary>Whether it has been partly closed.</summary>
    public bool Parted;
    /// <summary>Fees of the target order so far, if it fills in parts.</summary>
    public OrderFees TargetFees;
    /// <summary>Dividends less borrow fees and interest so far.</summary>
    public readonly double Financing => _lot.Financing;
    /// <summary>The day up to which borrow fees and interest have been charged, as days since 0001-01-01.</summary>
    public long FinancedTo;
    public double LowestLow { get; private set; }
    public double HighestHigh { get; private set; }
    public OrderId StopOrder, TargetOrder, TrailOrder;
    /// <summary>UTC ticks from which the exit by time of day applies.</summary>
    public long TimeExit;

    /// <summary>Sets the first fill of an empty trade.</summary>
    public void Open(int number, Side side, double quantity, double price, double fee)
    {
        (Number, _lot) = (number, new Lot(side, quantity, price, fee));
        LowestLow = HighestHigh = price;
    }

    /// <summary>Adds a further fill of the entry at any price: the entry price is the average.</summary>
    public void Increase(double quantity, double price, double fee)
    {
        _lot.Increase(quantity, price, fee);
        Reach(price, price);
    }

    /// <summary>Books a fill that closes the trade or a part of it.</summary>
    public void Reduce(double quantity, double price, double fee) => _lot.Reduce(quantity, price, fee);

    /// <summary>Books a fee that is paid without a fill.</summary>
    public void Pay(double fee) => _lot.Fees += fee;

    /// <summary>Books financing; negative is a cost.</summary>
    public void Finance(double amount) => _lot.Financing += amount;

    /// <summary>Profit before fees of the whole trade, if it is closed at an average price.</summary>
    public readonly double Profit(double price, double multiplier) => _lot.Profit(price, _lot.Entered, multiplier);

    /// <summary>Extends the trade's lowest and highest price.</summary>
    public void Reach(double low, double high)
    {
        LowestLow = Math.Min(LowestLow, low);
        HighestHigh = Math.Max(HighestHigh, high);
    }

    /// <summary>Applies a split: quantities grow as prices fall.</summary>
    public void Split(double ratio, Instrument instrument)
    {
        Protection.Split(ratio, EntryQuantity, instrument);
        _lot.Split(ratio);
        LowestLow /= ratio;
        HighestHigh /= ratio;
    }

    /// <summary>Moves the trade to the next contract: levels move by its distance, so that they stand where they stood.</summary>
    public void Roll(double traded, ListingChange change, Instrument instrument)
    {
        Protection.Roll(change, instrument);
        _lot.Roll(traded);
        LowestLow += change.Gap;
        HighestHigh += change.Gap;
    }

    /// <summary>
    /// Returns the part that is open when the bars end, at the last close. Entry fees and financing are shared by quantity.
    /// </summary>
    public readonly Trade OpenPart(long time, double close, double multiplier, int bars)
    {
        var end = new TradeEnd(time, close, _lot.Profit(close, Quantity, multiplier), 0, bars, ExitReason.Open);
        return Exited(end, 0) with
        {
            Quantity = Quantity,
            Commission = _lot.OpenFees,
            Financing = _lot.OpenFinancing,
            RollProfit = _lot.RollProfit(Quantity, closed: false, multiplier),
        };
    }

    /// <summary>Returns the closed parts, as one trade, of a trade that is open when the bars end.</summary>
    public readonly Trade ClosedPart(double multiplier)
    {
        var (closed, price) = (_lot.Closed, _lot.ExitPrice);
        var profit = _lot.Profit(price, closed, multiplier);
        return Exited(new TradeEnd(PartTime, price, profit, 0, (int)(PartIndex - EntryIndex), PartReason), _lot.ExitGaps / closed) with
        {
            Quantity = closed,
            Commission = _lot.ClosedFees,
            Financing = _lot.ClosedFinancing,
            RollProfit = _lot.RollProfit(closed, closed: true, multiplier),
        };
    }

    /// <summary>Returns the whole trade.</summary>
    public readonly Trade ToTrade(in TradeEnd end, double multiplier) =>
        _lot.EntryGap == 0 && _lot.ExitGaps == 0 ? Exited(end, 0)
            : Exited(end, _lot.ExitGaps / EntryQuantity) with
            {
                RollProfit = _lot.RollProfit(EntryQuantity, closed: true, multiplier),
            };

    // Prices of entry and exit are those of the contracts of their time.
    private readonly Trade Exited(in TradeEnd end, double exitGap)
    {
        var (below, above) = (EntryPrice - LowestLow, HighestHigh - EntryPrice);
        var (worst, best) = Side == Side.Buy ? (below, above) : (above, below);
        var entry = _lot.EntryGap == 0 ? EntryPrice : _lot.OwnEntryPrice;
        return new Trade(Number, Side, EntryQuantity, SignalTime, EntryTime, entry, end.Time,
            exitGap == 0 ? end.ExitPrice : end.ExitPrice - exitGap, end.Profit,
            Commission, end.Bars, end.Reason, worst / Math.Abs(entry), best / Math.Abs(entry))
        { Financing = Financing };
    }
}
