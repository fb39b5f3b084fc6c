using Granary.Engine.Market;

namespace Granary.Engine.Trading.Execution;

/// <summary>A trade under way, with the stop and target that were made with its entry.</summary>
internal struct OpenTrade
{
    public int Number;
    public Side Side;
    /// <summary>What is still open of it; base units.</summary>
    public double Quantity;
    public double EntryQuantity;
    public double EntryPrice;
    public long SignalTime;
    public long EntryTime;
    /// <summary>Feed index of the bar of entry.</summary>
    public long EntryIndex;
    /// <summary>
    /// Feed index of the first bar that it lived through from its open on: the one after the entry where that was on a close.
    /// </summary>
    public long FirstWholeBar;
    public double Commission;
    /// <summary>Sum over partial exits of price times quantity.</summary>
    public double ExitNotional;
    /// <summary>The part of <see cref="Commission"/> that exits have paid.</summary>
    public double ExitCommission;
    /// <summary>Feed index and open time of the bar of the last partial exit, and its reason.</summary>
    public long PartIndex, PartTime;
    public ExitReason PartReason;
    public TradeProtection Protection;
    /// <summary>Feed index of the first bar on which stop and target work.</summary>
    public long ProtectedFrom;
    /// <summary>
    /// Entered after the open of its bar by a limit: on that bar the target may have traded before the entry, so that it does not count.
    /// </summary>
    public bool TargetWaits;
    public bool EnteredAtOpen;
    /// <summary>The smaller bar, from 1, within the bar of entry in which it was entered; 0 = not known, or at the open.</summary>
    public int EntryStep;
    /// <summary>An exit order is on its way.</summary>
    public bool Exiting;
    /// <summary>The observer knows it.</summary>
    public bool ExitNotified;
    /// <summary>A part of its entry is still to come.</summary>
    public bool EntryWorking;
    /// <summary>It has been closed in part.</summary>
    public bool Parted;
    /// <summary>What its target has paid, where that fills in parts.</summary>
    public OrderFees TargetFees;
    /// <summary>Dividends less borrow fees and interest so far.</summary>
    public double Financing;
    /// <summary>The day to which borrowed shares and borrowed money are paid for, as days since 0001-01-01.</summary>
    public long FinancedTo;
    public double LowestLow;
    public double HighestHigh;
    public OrderId StopOrder, TargetOrder, TrailOrder;
    /// <summary>UTC ticks from which the exit by time of day applies.</summary>
    public long TimeExit;

    /// <summary>The price has been this low and this high.</summary>
    public void Reach(double low, double high)
    {
        LowestLow = Math.Min(LowestLow, low);
        HighestHigh = Math.Max(HighestHigh, high);
    }

    /// <summary>The instrument was split: quantities grow as prices fall.</summary>
    public void Split(double ratio, Instrument instrument)
    {
        Quantity *= ratio;
        EntryQuantity *= ratio;
        EntryPrice /= ratio;
        Protection.Split(ratio, instrument);
        LowestLow /= ratio;
        HighestHigh /= ratio;
    }

    /// <summary>What is open when the bars end, at the last close. Entry fees and financing are shared by quantity.</summary>
    public readonly Trade OpenPart(long time, double close, double multiplier, int bars)
    {
        var end = new TradeEnd(time, close, (int)Side * (close - EntryPrice) * Quantity * multiplier, 0, bars, ExitReason.Open);
        return ToTrade(end) with
        {
            Quantity = Quantity,
            Commission = (Commission - ExitCommission) * (Quantity / EntryQuantity),
            Financing = Financing * (Quantity / EntryQuantity),
        };
    }

    /// <summary>What was closed, in one or more parts, of a trade that is open when the bars end.</summary>
    public readonly Trade ClosedPart(double multiplier)
    {
        var closed = EntryQuantity - Quantity;
        var price = ExitNotional / closed;
        var profit = (int)Side * (price - EntryPrice) * closed * multiplier;
        return ToTrade(new TradeEnd(PartTime, price, profit, 0, (int)(PartIndex - EntryIndex), PartReason)) with
        {
            Quantity = closed,
            Commission = ExitCommission + (Commission - ExitCommission) * (closed / EntryQuantity),
            Financing = Financing * (closed / EntryQuantity),
        };
    }

    public readonly Trade ToTrade(in TradeEnd end)
    {
        var (below, above) = (EntryPrice - LowestLow, HighestHigh - EntryPrice);
        var (worst, best) = Side == Side.Buy ? (below, above) : (above, below);
        return new Trade(Number, Side, EntryQuantity, SignalTime, EntryTime, EntryPrice, end.Time, end.ExitPrice, end.Profit,
            Commission, end.Bars, end.Reason, worst / EntryPrice, best / EntryPrice)
        { Financing = Financing };
    }
}
