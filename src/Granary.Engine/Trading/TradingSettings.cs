using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Trading;

/// <summary>Trading settings of a strategy in the batch file, apart from its class and parameters.</summary>
public sealed record TradingSettings
{
    public double Cash { get; init; } = 100_000;

    [Key("`long`, `short`, `both`", IsAlwaysWritten = true)]
    public Sides Sides { get; init; } = Sides.Both;

    [Key("one of `units`, `percentOfEquity`, `cash`, `riskPercent` (needs a stop)", IsAlwaysWritten = true)]
    public SizeRule Size { get; init; } = SizeRule.PercentOfEquity(95);

    /// <summary>Percent; 0 = none.</summary>
    [Key("stop, from the entry's fill price", Without = "none"), Range(0, 99.99)]
    public double StopLossPercent { get; init; }

    /// <summary>Percent; 0 = none.</summary>
    [Key("target, from the entry's fill price", Without = "none"), Range(0, 10_000)]
    public double TakeProfitPercent { get; init; }

    /// <summary>Percent; 0 = none.</summary>
    [Key("from the best price since the entry, its fill price included; it moves at the end of a bar and works from the next one on",
        Without = "none"), Range(0, 99.99)]
    public double TrailingStopPercent { get; init; }

    [Key("what counts as the best price of a long trade: `close`, the best close; `high`, the highest high (the lowest low of a short "
        + "trade). Of the bar in which an order filled after the open, only the close counts")]
    public TrailFrom TrailFrom { get; init; }

    /// <summary>Whether the strategy's own exits are executed; if not, only stop, target, trailing stop or time end a trade.</summary>
    [Key("`false`: only stop, target, trail or time close a trade", IsAlwaysWritten = true)]
    public bool ExitOnSignal { get; init; } = true;

    /// <summary>The stop price of a trade that is entered at a price; 0 = none.</summary>
    public double StopAt(double price, Side side, Instrument instrument) =>
        StopLossPercent > 0 ? instrument.RoundPrice(price * (1 - (int)side * StopLossPercent / 100)) : 0;

    /// <summary>The target price of a trade that is entered at a price; 0 = none.</summary>
    public double TargetAt(double price, Side side, Instrument instrument) =>
        TakeProfitPercent > 0 ? instrument.RoundPrice(price * (1 + (int)side * TakeProfitPercent / 100)) : 0;

    [Key("bars after which a trade closes at the next open; 0 = never"), Range(0, int.MaxValue)]
    public int MaxBars { get; init; }

    /// <summary>
    /// Time of day, in the time zone of the instrument's calendar, at which a trade is closed: at the open of the first bar at or after it.
    /// Null = never.
    /// </summary>
    [Key("local time from which a trade closes at the next open, such as `\"15:55\"`", Without = "never")]
    public TimeOnly? ExitAt { get; init; }

    /// <summary>
    /// Whether an entry that exceeds the account's cash is reduced: at its signal, and again at its fill if the price is higher. If not, it
    /// is rejected. A portfolio requires members whose accounts resize.
    /// </summary>
    public bool ResizeToCash { get; init; }

    [Key("open trades on each side"), Range(1, 1000)]
    public int MaxOpenTrades { get; init; } = 1;

    /// <summary>
    /// The period in which a strategy sends at most one entry per instrument, filled or not; null = no bound. A signal belongs to the
    /// period of its bar's open. Periods below one day follow the UTC clock, longer ones the instrument's trading days (weeks begin on
    /// Monday).
    /// </summary>
    [Key("at most one entry per period and symbol, filled or not, such as `\"1d\"` (UTC; from `1d` on trading days)",
        Without = "no bound")]
    public Timeframe? EntryEvery { get; init; }

    /// <summary>Time after the close of its bar at which an unfilled entry expires; zero = never.</summary>
    [Key("an entry expires so long after its bar's close: `\"30m\"`, `\"4h\"`, `\"2d\"`; it can fill in a bar that opens by then",
        Without = "until cancelled")]
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
