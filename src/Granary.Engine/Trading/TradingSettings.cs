using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using static System.FormattableString;

namespace Granary.Engine.Trading;

/// <summary>Trading settings of a strategy in the batch file, apart from its class and parameters.</summary>
public sealed record TradingSettings : IKeyFaults
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

    [Key("bars after which a trade closes at the next open; 0 = never"), Range(0, int.MaxValue)]
    public int MaxBars { get; init; }

    /// <summary>
    /// Time of day, in the time zone of the instrument's calendar, at which a trade is closed: at the open of the first bar at or after it.
    /// Where the session of a day ends earlier, at the open of its last bar. Null = never.
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

    [Key("targets of parts of a trade instead of `takeProfitPercent`, nearest first: `[{ \"percent\": 4, \"share\": 0.5 }, "
        + "{ \"percent\": 8 }]`. `percent` counts from the entry's fill price. `share` is the part of the entered quantity, in whole lots; "
        + "without it, all that is left", Without = "none")]
    public IReadOnlyList<TargetStep> TakeProfit { get; init; } = [];

    [Key("targets that replace `takeProfitPercent` as a trade becomes older, oldest last: `[{ \"after\": \"40m\", \"percent\": 2 }, "
        + "{ \"after\": \"2h\", \"percent\": 0 }]`. `after` is the time from the open of the bar of entry to that of the current bar; "
        + "a bar that opens beyond its target closes the trade at its open", Without = "none")]
    public IReadOnlyList<TargetFall> TakeProfitOverTime { get; init; } = [];

    /// <summary>Percent; 0 = from the entry on.</summary>
    [Key("profit of the best price since the entry from which the trailing stop works; until then there is none",
        Without = "from the entry on"), Range(0, 10_000)]
    public double TrailingStartPercent { get; init; }

    /// <summary>0 = none.</summary>
    [Key("stop instead of `stopLossPercent`, as a multiple of the average true range at the signal, from the entry's fill price",
        Without = "none"), Range(0, 1_000)]
    public double StopLossAtr { get; init; }

    /// <summary>0 = none.</summary>
    [Key("target instead of `takeProfitPercent`, as a multiple of the average true range at the signal", Without = "none"), Range(0, 1_000)]
    public double TakeProfitAtr { get; init; }

    /// <summary>0 = none.</summary>
    [Key("trailing stop instead of `trailingStopPercent`, as a multiple of the average true range at the signal", Without = "none"),
        Range(0, 1_000)]
    public double TrailingStopAtr { get; init; }

    [Key("bars of the average true range, the factor `atr`; a strategy with such a distance is first called when it has a value"),
        Range(1, 10_000)]
    public int AtrBars { get; init; } = 14;

    [Key("order of entries for which the class names none: `market`; `limit`, better than the signal's close by the offset; `stop`, once "
        + "the market has moved by the offset in the direction of the trade; `close`, at the next bar's close. It waits until it fills, "
        + "until `signalValid`, or until the strategy leaves the side")]
    public EntryOrder EntryOrder { get; init; }

    /// <summary>Percent of the signal's close.</summary>
    [Key("offset of a `limit` or `stop` entry from the signal's close"), Range(0, 99.99)]
    public double EntryOffsetPercent { get; init; }

    [Key("offset instead of `entryOffsetPercent`, as a multiple of the average true range at the signal", Without = "none"),
        Range(0, 1_000)]
    public double EntryOffsetAtr { get; init; }

    [Key("orders that add to a position after an entry has filled: `[{ \"percent\": 2, \"share\": 0.5 }]`. Each is sent at the close of "
        + "the bar of the fill: with `percent` above 0 a stop order in the direction of a gain, below 0 a limit order in that of a loss. "
        + "Each becomes a trade of its own beyond `maxOpenTrades`, of `share` times the `size`, with the same stop and target from its own "
        + "fill; those that wait are cancelled with the exit of the first trade, after a stop or target at the close of its bar",
        Without = "none")]
    public IReadOnlyList<EntryStep> ScaleIn { get; init; } = [];

    /// <summary>Whether its trades have a stop or a trailing stop.</summary>
    public bool HasStop => StopLossPercent > 0 || StopLossAtr > 0 || TrailingStopPercent > 0 || TrailingStopAtr > 0;

    /// <summary>Whether its trades have a target.</summary>
    public bool HasTarget => TakeProfitPercent > 0 || TakeProfitAtr > 0 || TakeProfit.Count > 0 || TakeProfitOverTime.Count > 0;

    /// <summary>Whether a distance counts in the average true range.</summary>
    public bool UsesAtr => StopLossAtr > 0 || TakeProfitAtr > 0 || TrailingStopAtr > 0 || EntryOffsetAtr > 0;

    /// <summary>The protection of an entry that has no prices of its own.</summary>
    public Protection ToProtection(ExecutionSettings execution) => new(0, StopLossPercent / 100, 0, TakeProfitPercent / 100,
        TrailingStopPercent / 100, execution.ProtectFrom == ProtectFrom.NextBar, TrailFrom)
    {
        StopAtr = StopLossAtr,
        TargetAtr = TakeProfitAtr,
        TrailAtr = TrailingStopAtr,
        TrailStart = TrailingStartPercent / 100,
        Targets = TakeProfit.Count > 0 ? TakeProfit : null,
        Falls = TakeProfitOverTime.Count > 0 ? TakeProfitOverTime : null,
    };

    IEnumerable<(string Key, string Fault)> IKeyFaults.KeyFaults =>
    [
        .. OneOf("stopLossAtr", StopLossAtr > 0, "stopLossPercent", StopLossPercent > 0),
        .. OneOf("trailingStopAtr", TrailingStopAtr > 0, "trailingStopPercent", TrailingStopPercent > 0),
        .. OneOf("entryOffsetAtr", EntryOffsetAtr > 0, "entryOffsetPercent", EntryOffsetPercent > 0),
        .. OneOf("takeProfitAtr", TakeProfitAtr > 0, "takeProfitPercent", TakeProfitPercent > 0),
        .. OneOf("takeProfit", TakeProfit.Count > 0, "takeProfitPercent", TakeProfitPercent > 0),
        .. OneOf("takeProfit", TakeProfit.Count > 0, "takeProfitAtr", TakeProfitAtr > 0),
        .. OneOf("takeProfitOverTime", TakeProfitOverTime.Count > 0, "takeProfit", TakeProfit.Count > 0),
        .. OneOf("takeProfitOverTime", TakeProfitOverTime.Count > 0, "takeProfitAtr", TakeProfitAtr > 0),
        .. StepFaults(),
        .. FallFaults(),
        .. ScaleIn.Where(s => s.Percent == 0).Take(1).Select(_ => ("scaleIn",
            "a step of 0 percent is the entry itself; give it a distance, or a larger size")),
    ];

    private static IEnumerable<(string, string)> OneOf(string key, bool isGiven, string other, bool hasOther) =>
        isGiven && hasOther ? [(key, $"{other} is given too; leave one of them out")] : [];

    private IEnumerable<(string, string)> StepFaults()
    {
        for (var i = 1; i < TakeProfit.Count; i++)
        {
            var (before, step) = (TakeProfit[i - 1], TakeProfit[i]);
            if (step.Percent <= before.Percent)
                yield return ("takeProfit", Invariant($"the target of {step.Percent} percent is not beyond that of {before.Percent} percent ")
                    + "before it; order them from the nearest to the farthest");
            if (before.Share is null)
                yield return ("takeProfit", Invariant($"the target of {before.Percent} percent has no share and closes all that is left; ")
                    + "give it a share, or leave the later ones out");
        }
        if (TakeProfit.Sum(t => t.Share ?? 0) is > 1 + Tolerance.Share and var sum)
            yield return ("takeProfit", Invariant($"the shares sum to {sum:0.####}; they must not exceed 1"));
    }

    private IEnumerable<(string, string)> FallFaults()
    {
        var earlier = TakeProfitPercent > 0 ? TakeProfitPercent : double.PositiveInfinity;
        for (var i = 0; i < TakeProfitOverTime.Count; i++)
        {
            var fall = TakeProfitOverTime[i];
            if (i > 0 && fall.After <= TakeProfitOverTime[i - 1].After)
                yield return ("takeProfitOverTime", "a time is not after the one before it; order them from the first to the last");
            if (fall.Percent >= earlier)
                yield return ("takeProfitOverTime", Invariant($"the target of {fall.Percent} percent is not below the {earlier} ")
                    + "percent before it; later targets are nearer to the entry");
            earlier = fall.Percent;
        }
    }

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
