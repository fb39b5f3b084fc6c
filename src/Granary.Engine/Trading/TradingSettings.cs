using Granary.Engine.Market;

namespace Granary.Engine.Trading;

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
