using System.Text.Json;
using Granary.Engine.Trading;
using Granary.Simulation.Json;

namespace Granary.Simulation.Batches;

/// <summary>
/// The keys of a strategy in the batch file that set how it trades, each defined once. The readers of batches and of prod.json, the writer
/// of prod.json, the identity of trials, docs/batch.schema.json and docs/batch-file.md follow from this list.
/// </summary>
public static class TradingKeys
{
    public static IReadOnlyList<TradingKey> All { get; } =
    [
        new TradingKey<Sides>("sides", "`long`, `short`, `both`",
            TradingValue.Choice(("long", Sides.Long), ("short", Sides.Short), ("both", Sides.Both)),
            s => s.Sides, (s, v) => s with { Sides = v })
        { IsAlwaysWritten = true },
        new TradingKey<SizeRule>("size", "one of `units`, `percentOfEquity`, `cash`, `riskPercent` (needs a stop)",
            TradingValue.Size(), s => s.Size, (s, v) => s with { Size = v })
        { IsAlwaysWritten = true },
        new TradingKey<double>("stopLossPercent", "stop, from the entry's fill price",
            TradingValue.Number(0, 99.99), s => s.StopLossPercent, (s, v) => s with { StopLossPercent = v })
        { Without = "none" },
        new TradingKey<double>("takeProfitPercent", "target, from the entry's fill price",
            TradingValue.Number(0, 10_000), s => s.TakeProfitPercent, (s, v) => s with { TakeProfitPercent = v })
        { Without = "none" },
        new TradingKey<double>("trailingStopPercent",
            "from the best price since the entry, its fill price included; it moves at the end of a bar and works from the next one on",
            TradingValue.Number(0, 99.99), s => s.TrailingStopPercent, (s, v) => s with { TrailingStopPercent = v })
        { Without = "none" },
        new TradingKey<TrailFrom>("trailFrom",
            "what counts as the best price of a long trade: `close`, the best close; `high`, the highest high (the lowest low of a short "
                + "trade). Of the bar in which an order filled after the open, only the close counts",
            TradingValue.Choice(("close", TrailFrom.Close), ("high", TrailFrom.High)),
            s => s.TrailFrom, (s, v) => s with { TrailFrom = v }),
        new TradingKey<bool>("exitOnSignal", "`false`: only stop, target, trail or time close a trade",
            TradingValue.Bool(), s => s.ExitOnSignal, (s, v) => s with { ExitOnSignal = v })
        { IsAlwaysWritten = true },
        new TradingKey<int>("maxBars", "bars after which a trade closes at the next open; 0 = never",
            TradingValue.Whole(0), s => s.MaxBars, (s, v) => s with { MaxBars = v }),
        new TradingKey<TimeSpan?>("exitAt", "local time from which a trade closes at the next open, such as `\"15:55\"`",
            TradingValue.TimeOfDay(), s => s.ExitAt, (s, v) => s with { ExitAt = v })
        { Without = "never" },
        new TradingKey<int>("maxOpenTrades", "open trades on each side",
            TradingValue.Whole(1, 1000), s => s.MaxOpenTrades, (s, v) => s with { MaxOpenTrades = v }),
        new TradingKey<Engine.Market.Timeframe?>("entryEvery",
            "at most one entry per period and symbol, filled or not, such as `\"1d\"` (UTC; from `1d` on trading days)",
            TradingValue.Timeframe(), s => s.EntryEvery, (s, v) => s with { EntryEvery = v })
        { Without = "no bound" },
        new TradingKey<TimeSpan>("signalValid",
            "an entry expires so long after its bar's close: `\"30m\"`, `\"4h\"`, `\"2d\"`; it can fill in a bar that opens by then",
            TradingValue.Duration(), s => s.SignalValid, (s, v) => s with { SignalValid = v })
        { Without = "until cancelled" },
    ];

    /// <exception cref="InputException">A value is invalid.</exception>
    internal static TradingSettings Read(JsonPart strategy, double cash) =>
        All.Aggregate(TradingKey.Usual with { Cash = cash }, (settings, key) => key.Read(strategy, settings));

    /// <summary>Writes the keys so that <see cref="Read"/> restores the settings.</summary>
    internal static void Write(Utf8JsonWriter json, TradingSettings settings)
    {
        foreach (var key in All)
        {
            if (key.IsUsual(settings) && !key.IsAlwaysWritten) continue;
            json.WritePropertyName(key.Name);
            key.WriteValue(json, settings);
        }
    }
}
