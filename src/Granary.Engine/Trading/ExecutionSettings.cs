using Granary.Engine.Market;

namespace Granary.Engine.Trading;

public enum FillTiming : byte
{
    /// <summary>A market order fills at the open of the bar after its signal.</summary>
    NextOpen,
    /// <summary>It fills at the close of the signal's own bar.</summary>
    SameClose,
}

public enum IntrabarRule : byte
{
    /// <summary>A bar that touches stop and target fills the stop.</summary>
    StopFirst,
    /// <summary>It fills the target.</summary>
    TargetFirst,
}

public enum ProtectFrom : byte
{
    /// <summary>Stop and target work from the bar of the entry on.</summary>
    EntryBar,
    /// <summary>From the bar after it.</summary>
    NextBar,
}

/// <summary>What becomes of a position in a symbol that has stopped trading while others go on.</summary>
public enum AtEnd : byte
{
    /// <summary>It stays open, marked at the symbol's last close.</summary>
    Mark,
    /// <summary>It is closed at the symbol's last close.</summary>
    Close,
}

/// <summary>How orders become fills, the same for all strategies of a batch.</summary>
public sealed record ExecutionSettings
{
    public FeeModel Fee { get; init; } = new PercentFee(0);

    public SlippageModel? Slippage { get; init; }

    public FillTiming Fill { get; init; } = FillTiming.NextOpen;

    public IntrabarRule Intrabar { get; init; } = IntrabarRule.StopFirst;

    /// <summary>
    /// Whether smaller bars decide in which order stops, targets and waiting orders within a bar come to their turn, and at which of their
    /// opens, where the series has them; <see cref="Intrabar"/> decides between a stop and a target what they leave open.
    /// </summary>
    public bool UsePath { get; init; }

    public ProtectFrom ProtectFrom { get; init; } = ProtectFrom.EntryBar;

    /// <summary>
    /// Bars that an order needs to reach its venue, beyond the one at whose close it was made; 0 = it works from the next bar on. Stops and
    /// targets that were made with an entry lie at the venue already, and a cancellation is taken at once.
    /// </summary>
    public int LatencyBars { get; init; }

    /// <summary>
    /// The most of a bar's volume that one strategy fills in it, a fraction; the rest of an order works on. 0 = no bound.
    /// </summary>
    public double VolumeShare { get; init; }

    /// <summary>Of entries that say nothing else.</summary>
    public TimeInForce EntryTimeInForce { get; init; } = TimeInForce.GoodTillCancelled;

    /// <summary>
    /// What borrowed shares cost per year, a fraction of the short's market value; by the calendar day (actual/365), at the last close
    /// before it.
    /// </summary>
    public double BorrowRate { get; init; }

    /// <summary>
    /// What borrowed money costs per year, a fraction of the account's debit balance; by the calendar day (actual/365). Without
    /// <see cref="Leverage"/> nothing is borrowed.
    /// </summary>
    public double MarginRate { get; init; }

    /// <summary>
    /// Positions up to so many times the equity may be held; 0 = what the cash can pay, a short sale's proceeds and as much again locked.
    /// </summary>
    public double Leverage { get; init; }

    /// <summary>
    /// The equity that positions need, a fraction of their market value (of their margin, where the instrument has one). Below it, at a
    /// bar's close, everything is closed at the next open. 0 = no calls.
    /// </summary>
    public double Maintenance { get; init; }

    /// <summary>
    /// Of accounts of several symbols: what becomes of a position in a symbol that has had no bar on more than
    /// <see cref="Market.MarketActivity.MostDays"/> days of the others.
    /// </summary>
    public AtEnd AtEnd { get; init; } = AtEnd.Mark;

    /// <summary>
    /// Whether trading costs nothing: no fee for an order of any size, and no slippage. Doubled, such costs are still zero.
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
    /// The same with every cost doubled and every order one bar later: what is left of a strategy's profit that lives on its assumptions.
    /// </summary>
    public ExecutionSettings Stressed() => this with
    {
        Fee = Fee.Times(2),
        Slippage = Slippage?.Times(2),
        BorrowRate = BorrowRate * 2,
        MarginRate = MarginRate * 2,
        LatencyBars = LatencyBars + 1,
    };
}

/// <summary>What the batch file says of a strategy's trading beside its class and parameters.</summary>
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

    /// <summary>Whether the strategy's own exits count; if not, only stop, target, trail or time end a trade.</summary>
    public bool ExitOnSignal { get; init; } = true;

    /// <summary>The stop of a trade that is entered at a price; 0 = none.</summary>
    public double StopAt(double price, Side side, Instrument instrument) =>
        StopLossPercent > 0 ? instrument.RoundPrice(price * (1 - (int)side * StopLossPercent / 100)) : 0;

    /// <summary>Its target; 0 = none.</summary>
    public double TargetAt(double price, Side side, Instrument instrument) =>
        TakeProfitPercent > 0 ? instrument.RoundPrice(price * (1 + (int)side * TakeProfitPercent / 100)) : 0;

    /// <summary>Bars after which a trade is closed at the next open; 0 = never.</summary>
    public int MaxBars { get; init; }

    /// <summary>
    /// Local time of day of the instrument's calendar at which a trade is closed: at the open of the first bar at or after it. Null =
    /// never.
    /// </summary>
    public TimeSpan? ExitAt { get; init; }

    /// <summary>
    /// Whether an entry that the account cannot pay for is made smaller, at its signal and again at its fill, where a price beyond the cash
    /// is reached. If not, it is rejected. A portfolio follows members whose accounts resize.
    /// </summary>
    public bool ResizeToCash { get; init; }

    /// <summary>Trades that may be open at once on each side.</summary>
    public int MaxOpenTrades { get; init; } = 1;

    /// <summary>
    /// The period in which a strategy sends at most one entry per instrument, filled or not; null = no bound. A signal belongs to the
    /// period of its bar's open: of the UTC clock, or from one day on of the instrument's trading days (weeks begin on Monday).
    /// </summary>
    public Timeframe? EntryEvery { get; init; }

    /// <summary>Time after its bar's close at which an entry that was not filled expires; zero = never.</summary>
    public TimeSpan SignalValid { get; init; }

    /// <summary>
    /// UTC ticks; on bars before it the strategy is not asked and no statistic is taken: they warm up its factors and its crossings.
    /// 0 = from the first bar on.
    /// </summary>
    public long TradeFrom { get; init; }

    /// <summary>
    /// UTC ticks; at the open of the first bar from then on waiting orders are cancelled and open trades closed, and nothing is entered any
    /// more.
    /// </summary>
    public long TradeUntil { get; init; } = long.MaxValue;
}
