using System.Text.Json.Serialization;
using Granary.Data.Funding;
using Granary.Data.Reading;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Simulation.Columns;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;

namespace Granary.Simulation.Batches;

/// <summary>The keys of a batch file's <c>data</c>, beside <c>source</c>.</summary>
internal sealed record DataKeys
{
    [Key("`auto` or a name of `granary data formats`, such as `yahoo` or `metatrader`", IsAlwaysWritten = true, Reach = KeyReach.Bars)]
    public string Format { get; init; } = "auto";

    [Key("a list, or `\"*\"` for all of the source ([files of several symbols](data.md#other-files))", Without = "required",
        Reach = KeyReach.Bars)]
    public required IReadOnlyList<string> Symbols { get; init; }

    [Key("of the source's bars: 1m 3m 5m 10m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1w 1mo. Bars of another one are refused", Without = "required",
        Reach = KeyReach.Bars)]
    public required Timeframe Timeframe { get; init; }

    [Key("first bar, UTC, as `2024-01-31` or `2024-01-31T14:30:00Z` (only ISO 8601)", Without = "all",
        Reach = KeyReach.Bars), JsonConverter(typeof(UtcTicks))]
    public long? From { get; init; }

    [Key("end of the bars: the first bar that is left out", Without = "all", Reach = KeyReach.Bars), JsonConverter(typeof(UtcTicks))]
    public long? To { get; init; }

    [Key("bars that close after this time are not read, in any timeframe: they stay unseen for a judgement "
        + "([trial budgets](trial-budget.md#holdout))", Without = "none is held out",
        Reach = KeyReach.Bars), JsonConverter(typeof(UtcTicks))]
    public long? Holdout { get; init; }

    [Key("the 500 bars of the longest timeframe before `from` warm up factors and crossings")]
    public bool WarmUp { get; init; } = true;

    [Key("IANA zone, such as `America/New_York`, of CSV times without one; bare dates stay dates", Without = "UTC, or the format's",
        Reach = KeyReach.Bars)]
    public string? TimeZone { get; init; }

    [Key("use an adjusted-close column if present", IsAlwaysWritten = true, Reach = KeyReach.Bars)]
    public bool Adjust { get; init; } = true;

    [Key("whether a file's times are bar opens or closes: `open`, `close`", Without = "`open`; of weeks and months what their dates show",
        Reach = KeyReach.Bars)]
    public BarStamp? Stamp { get; init; }

    [Key("columns by header or number from 1: `{ \"time\": \"Datum\", \"open\": 2, \"high\": 3, \"low\": 4, \"close\": 5 }`; also "
        + "`timeOfDay`, `adjustedClose`, `volume`, and `symbol`, the column that tells markets apart (`\"\"`: none does). "
        + "Those that are left out are found by the header",
        Without = "the header", Reach = KeyReach.Bars)]
    public ColumnMapping? Columns { get; init; }

    [Key("further columns of the bars that factors read; those that a text of this file names as `column(…)` need not be listed "
        + "([columns](columns.md))", Without = "those of the file's texts")]
    public IReadOnlyList<string> FurtherColumns { get; init; } = [];

    [Key("slower series, such as sentiment or reports, as further columns of the bars ([columns](columns.md#slower-series))",
        Without = "none")]
    public IReadOnlyList<AsofKeys> Asof { get; init; } = [];

    [Key("settings by symbol, `\"*\"` for all others: [Instruments](#instruments)", Without = "the source's")]
    public IReadOnlyDictionary<string, InstrumentKeys> Instruments { get; init; } = new Dictionary<string, InstrumentKeys>();

    [Key("funding rates of perpetual futures: a file of `time,rate` and optional `symbol` and `mark`, a store, or an object of these by "
        + "symbol ([Perpetual futures](perpetuals.md))", Without = "none is charged")]
    public FundingSources? Funding { get; init; }

    [Key("exchange rates of an account with another currency than its instruments: a source of bars, such as `csv:rates` with EURUSD and "
        + "USDJPY, or a table ([currencies](currencies.md#rates))", Without = "none")]
    public FxSource? Fx { get; init; }

    [Key("what short positions cost and how much can be borrowed for them: a CSV or Parquet table of `time,symbol,fee,available` "
        + "([borrowing](borrowing.md))", Without = "any quantity, for `execution.borrowPercent`")]
    public BorrowSource? Borrow { get; init; }
}

/// <summary>The keys of an instrument in a batch file's <c>data.instruments</c>; a missing one keeps the source's value.</summary>
internal sealed record InstrumentKeys
{
    [Key("`stock` trades whole shares unless `lot` says otherwise", Words = "stock", Without = "fractions")]
    public string? Kind { get; init; }

    [Key("price step", Without = "the source's"), Range(0, 1e9)]
    public double? Tick { get; init; }

    [Key("quantity step", Without = "the source's"), Range(0, 1e9)]
    public double? Lot { get; init; }

    [Key("smallest quantity of an order that opens or adds to a position; [smaller ones](#smallest-orders) are not sent", Without = "none"),
        Range(0, 1e15)]
    public double? MinQuantity { get; init; }

    [Key("the same for its value, in the currency of the prices", Without = "none"), Range(0, 1e15)]
    public double? MinNotional { get; init; }

    [Key("value per point", Without = "the source's"), Range(1e-9, 1e9)]
    public double? Multiplier { get; init; }

    [Key("margin per unit", Without = "the source's"), Range(0, 1e12)]
    public double? Margin { get; init; }

    [Key("`linear`, settled in the currency of its prices, or `inverse`, settled in its coin: an [inverse contract]"
        + "(perpetuals.md#inverse-contracts) is refused", Words = "linear inverse",
        Without = "`inverse` for names such as `BTCUSD_PERP`, else `linear`")]
    public string? Contract { get; init; }

    [Key("currency of the prices, as `\"JPY\"`",
        Without = "that of the source, else what the name shows (`USDJPY`, `BTC-EUR`, `OANDA:EUR_GBP`, `7203.T`), else that of the "
            + "account")]
    public string? Currency { get; init; }

    [Key("time from which it is not traded any more: [Delisting](#delisting)", Without = "none"), JsonConverter(typeof(UtcTicks))]
    public long? Delisted { get; init; }

    [Key("price at which positions are closed then", Without = "the last close"), Range(1e-9, 1e12)]
    public double? DelistingPrice { get; init; }

    [Key("the same as a return from the last close: `-0.3` closes them 30 % below it, `-1` is a total loss", Without = "`delistingPrice`"),
        Range(-1, 100)]
    public double? DelistingReturn { get; init; }

    [Key("the contracts of a future, of which the symbol is one series: [Chains](chains.md)", Without = "a market of its own")]
    public ChainKeys? Chain { get; init; }

    [Key("text", Without = "the source's")]
    public string? Venue { get; init; }

    [Key("`\"24/7\"`, `\"XNYS\"`, or [hours](#sessions)", Without = "the source's; [longer bars](data.md) may follow what the bars show")]
    public SessionCalendar? Session { get; init; }

    /// <summary>An instrument with these settings.</summary>
    public Instrument Apply(Instrument instrument) => (Currency is { } named ? instrument with { Currency = named } : instrument) with
    {
        TickSize = Tick ?? instrument.TickSize,
        // Stocks trade whole shares, unless the file gives a lot size.
        LotSize = Lot ?? (Kind is null ? instrument.LotSize : 1),
        MinQuantity = MinQuantity ?? instrument.MinQuantity,
        MinNotional = MinNotional ?? instrument.MinNotional,
        Multiplier = Multiplier ?? instrument.Multiplier,
        MarginPerUnit = Margin ?? instrument.MarginPerUnit,
        Venue = Venue ?? instrument.Venue,
        Calendar = Session ?? instrument.Calendar,
    };
}
