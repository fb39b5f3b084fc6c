using Granary.Engine.Market;

namespace Granary.Engine.Trading;

public enum FillTiming : byte
{
    /// <summary>A market order fills at the open of the bar after its signal.</summary>
    NextOpen,
    /// <summary>A market order fills at the close of the signal's own bar.</summary>
    SameClose,
}

public enum IntrabarRule : byte
{
    /// <summary>A bar that touches stop and target fills the stop.</summary>
    StopFirst,
    /// <summary>A bar that touches stop and target fills the target.</summary>
    TargetFirst,
}

public enum ProtectFrom : byte
{
    /// <summary>Stop and target work from the bar of the entry on.</summary>
    EntryBar,
    /// <summary>Stop and target work from the bar after the entry on.</summary>
    NextBar,
}

/// <summary>Treatment of a position in a symbol that has stopped trading while others continue.</summary>
public enum AtEnd : byte
{
    /// <summary>It stays open, marked at the symbol's last close.</summary>
    Mark,
    /// <summary>It is closed at the symbol's last close.</summary>
    Close,
}

/// <summary>Rules by which orders become fills, the same for all strategies of a batch.</summary>
public sealed record ExecutionSettings
{
    public FeeModel Fee { get; init; } = new PercentFee(0);

    public SlippageModel? Slippage { get; init; }

    public FillTiming Fill { get; init; } = FillTiming.NextOpen;

    public IntrabarRule Intrabar { get; init; } = IntrabarRule.StopFirst;

    /// <summary>
    /// Whether smaller bars, if the series has them, decide the sequence of stops, targets and waiting orders within a bar. They also give
    /// the opens at which these may fill. <see cref="Intrabar"/> decides between a stop and a target that one smaller bar touches.
    /// </summary>
    public bool UsePath { get; init; }

    public ProtectFrom ProtectFrom { get; init; } = ProtectFrom.EntryBar;

    /// <summary>
    /// The number of bars that an order needs to reach its venue, beyond the bar at whose close it was made; 0 = it works from the next bar
    /// on. Stops and targets of an entry are already at the venue, and cancellations take effect at once.
    /// </summary>
    public int LatencyBars { get; init; }

    /// <summary>
    /// The greatest share of a bar's volume that one strategy fills, a fraction; the remainder of an order stays in force. 0 = no bound.
    /// </summary>
    public double VolumeShare { get; init; }

    /// <summary>The time in force of entries that do not set their own.</summary>
    public TimeInForce EntryTimeInForce { get; init; } = TimeInForce.GoodTillCancelled;

    /// <summary>
    /// Borrow fee per year, a fraction of the short's market value; charged by the calendar day (actual/365), at the last close before it.
    /// </summary>
    public double BorrowFeeRate { get; init; }

    /// <summary>
    /// Margin interest per year, a fraction of the account's debit balance; charged by the calendar day (actual/365). Without
    /// <see cref="Leverage"/> there is none.
    /// </summary>
    public double MarginRate { get; init; }

    /// <summary>
    /// The greatest value of the positions as a multiple of the equity. 0 = cash only: the proceeds of a short sale stay locked, and the
    /// same amount as collateral.
    /// </summary>
    public double Leverage { get; init; }

    /// <summary>
    /// The maintenance margin as a fraction of the positions' market value (of their margin, if the instrument has one). If the equity is
    /// below it at a bar's close, all positions are closed at the next open. 0 = no margin calls.
    /// </summary>
    public double Maintenance { get; init; }

    /// <summary>
    /// For accounts of several symbols: the handling of a position in a symbol that has had no bar on more than
    /// <see cref="Market.MarketActivity.MostDays"/> days of the others.
    /// </summary>
    public AtEnd AtEnd { get; init; } = AtEnd.Mark;

    /// <summary>
    /// Whether trading is free of costs: no fee for an order of any size, and no slippage. The stress test, which doubles costs, then has
    /// no effect on them.
    /// </summary>
    public bool IsFree
    {
        get
        {
            foreach (var quantity in (ReadOnlySpan<double>)[1, 1_000, 1_000_000])
                if (Fee.Fee(100, quantity, 1, maker: false) > 0 || Fee.Fee(100, quantity, 1, maker: true) > 0) return false;
            return Slippage is null;
        }
    }

    /// <summary>
    /// Returns these settings with every cost doubled and every order one bar later, to test how far a profit depends on the assumptions.
    /// </summary>
    public ExecutionSettings Stressed() => this with
    {
        Fee = Fee.Times(2),
        Slippage = Slippage?.Times(2),
        BorrowFeeRate = BorrowFeeRate * 2,
        MarginRate = MarginRate * 2,
        LatencyBars = LatencyBars + 1,
    };
}

/// <summary>Trading settings of a strategy in the batch file, apart from its class and parameters.</summary>
public sealed record TradingSettings
{
    public double Cash { get; init; } = 100_000;

    public Sides Sides { get; init; } = Sides.Both;

    public SizeRule Size { get; init; } = SizeRule.PercentOfEquity(95);

    /// <summary>Percent of the entry's fill price; 0 = none.</summary>
    public double StopLossPercent { get; init; }

    public double TakeProfitPercent { get; init; }

    /// <summary>Percent of the best price since the entry; 0 = none.</summary>
    public double TrailingStopPercent { get; init; }

    public TrailFrom TrailFrom { get; init; }

    /// <summary>Whether the strategy's own exits are executed; if not, only stop, target, trailing stop or time end a trade.</summary>
    public bool ExitOnSignal { get; init; } = true;

    /// <summary>The stop price of a trade that is entered at a price; 0 = none.</summary>
    public double StopAt(double price, Side side, Instrument instrument) =>
        StopLossPercent > 0 ? instrument.RoundPrice(price * (1 - (int)side * StopLossPercent / 100)) : 0;

    /// <summary>The target price of a trade that is entered at a price; 0 = none.</summary>
    public double TargetAt(double price, Side side, Instrument instrument) =>
        TakeProfitPercent > 0 ? instrument.RoundPrice(price * (1 + (int)side * TakeProfitPercent / 100)) : 0;

    /// <summary>The number of bars after which a trade is closed at the next open; 0 = never.</summary>
    public int MaxBars { get; init; }

    /// <summary>
    /// Time of day, in the time zone of the instrument's calendar, at which a trade is closed: at the open of the first bar at or after it.
    /// Null = never.
    /// </summary>
    public TimeSpan? ExitAt { get; init; }

    /// <summary>
    /// Whether an entry that exceeds the account's cash is reduced: at its signal, and again at its fill if the price is higher. If not, it
    /// is rejected. A portfolio requires members whose accounts resize.
    /// </summary>
    public bool ResizeToCash { get; init; }

    /// <summary>The most trades open at once on each side.</summary>
    public int MaxOpenTrades { get; init; } = 1;

    /// <summary>
    /// The period in which a strategy sends at most one entry per instrument, filled or not; null = no bound. A signal belongs to the
    /// period of its bar's open. Periods below one day follow the UTC clock, longer ones the instrument's trading days (weeks begin on
    /// Monday).
    /// </summary>
    public Timeframe? EntryEvery { get; init; }

    /// <summary>Time after the close of its bar at which an unfilled entry expires; zero = never.</summary>
    public TimeSpan SignalValid { get; init; }

    /// <summary>
    /// UTC ticks. Bars before it only warm up factors and crossings: the strategy is not called, and no statistics are recorded. 0 = from
    /// the first bar on.
    /// </summary>
    public long TradeFrom { get; init; }

    /// <summary>
    /// UTC ticks. At the open of the first bar from then on, waiting orders are cancelled and open trades closed; no entries follow.
    /// </summary>
    public long TradeUntil { get; init; } = long.MaxValue;
}
