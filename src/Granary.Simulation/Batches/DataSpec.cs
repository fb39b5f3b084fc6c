using Granary.Data.Funding;
using Granary.Data.Reading;
using Granary.Data.Tables;
using Granary.Engine.Market;
using Granary.Simulation.Columns;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

internal sealed record DataSpec
{
    /// <summary>
    /// Address of the source: csv:DIR, parquet:DIR, store:DIR, postgres://…, questdb://…, kafka://…. The first part's source if there are
    /// <see cref="Parts"/>.
    /// </summary>
    public required Address Source { get; init; }

    public string Format { get; init; } = "auto";

    /// <summary>Symbols as written in the file; "*" stands for all symbols of the source.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>Timeframe of the source's bars.</summary>
    public required Timeframe Timeframe { get; init; }

    /// <summary>Start of the bars, UTC ticks, inclusive; <see cref="To"/> is exclusive.</summary>
    public long? From { get; init; }

    public long? To { get; init; }

    /// <summary>Time after which no bar that is read may close, UTC ticks; null = none is held out.</summary>
    public long? Holdout { get; init; }

    /// <summary>Whether available bars before <see cref="From"/> warm up factors and crossings.</summary>
    public bool WarmUp { get; init; } = true;

    public bool Adjust { get; init; } = true;

    /// <summary>Meaning of the timestamps in a file; null = opens, and for weeks and months what their dates show.</summary>
    public BarStamp? Stamp { get; init; }

    /// <summary>IANA time zone of timestamps without a zone; null = UTC, or the zone that the format defines.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Mapping of file columns to bar fields; null uses the files' headers.</summary>
    public ColumnMapping? Columns { get; init; }

    /// <summary>Further columns of the bars that factors read, as the batch lists them and as its texts name them.</summary>
    public IReadOnlyList<string> FurtherColumns { get; init; } = [];

    /// <summary>Slower series that become further columns of the bars.</summary>
    public IReadOnlyList<AsofKeys> Asof { get; init; } = [];

    /// <summary>The slower series of all parts.</summary>
    public IEnumerable<AsofKeys> AllAsof => Asof.Concat(Parts.SelectMany(p => p.Data.Asof));

    /// <summary>Formats of typed tables, for the files of <see cref="Asof"/>; null = texts alone.</summary>
    internal TableFormatCatalogue? Tables { get; init; }

    /// <summary>Instrument settings by symbol, in addition to the source's; "*" applies to all other symbols.</summary>
    public IReadOnlyDictionary<string, InstrumentKeys> Instruments { get; init; } = new Dictionary<string, InstrumentKeys>();

    /// <summary>The section <c>instruments</c> in the file; null if there is none.</summary>
    public JsonPart? InstrumentsPart { get; init; }

    /// <summary>The sources of the funding of perpetual futures; null if none is charged.</summary>
    public FundingSources? Funding { get; init; }

    /// <summary>The value of the funding, for error messages; null if there is none.</summary>
    public JsonPart? FundingPlace { get; init; }

    /// <summary>The place of the exchange rates; null if there are none.</summary>
    internal FxSource? Fx { get; init; }

    /// <summary>The value of <see cref="Fx"/>, for error messages; null if there is none.</summary>
    public JsonPart? FxPlace { get; init; }

    /// <summary>The table of what can be borrowed; null if there is none.</summary>
    internal BorrowSource? Borrow { get; init; }

    /// <summary>The value of <see cref="Borrow"/>, for error messages; null if there is none.</summary>
    public JsonPart? BorrowPlace { get; init; }

    /// <summary>The rates that a session has taken, in place of those of <see cref="Fx"/>; null outside of sessions.</summary>
    internal ICurrencyRates? Taken { get; init; }

    /// <summary>The currency of the account; null if the batch does not name it.</summary>
    public string? AccountCurrency { get; init; }

    /// <summary>The symbols that "*" may stand for, of a universe; null for all of the source.</summary>
    public IReadOnlySet<string>? Among { get; init; }

    /// <summary>Whether prices at or below zero are prices, as of the contracts of a chain.</summary>
    public bool HasNegativePrices { get; init; }

    /// <summary>Whether a session trades the bars, so the expiries of contracts must be known before they come.</summary>
    public bool IsOfSession { get; init; }

    /// <summary>Several sources with their own symbols; empty if <see cref="Source"/> provides all symbols.</summary>
    public IReadOnlyList<DataPart> Parts { get; init; } = [];

    /// <summary>The JSON value of the source, for error messages; the list of parts if there are several.</summary>
    public required JsonPart Place { get; init; }

    /// <summary>The JSON value of the timeframe, for error messages; the list of parts if there are several.</summary>
    public required JsonPart TimeframePlace { get; init; }

    /// <summary>Returns the settings of a symbol's instrument; null if the batch has none for it.</summary>
    public InstrumentKeys? InstrumentOf(string symbol) => Of(symbol).Instruments is var own && own.TryGetValue(symbol, out var found)
        || own.TryGetValue("*", out found) ? found : null;

    /// <summary>Whether a symbol is a chain of contracts.</summary>
    public bool IsChain(string symbol) => InstrumentOf(symbol)?.Chain is not null;

    /// <summary>Returns a copy that also reads further columns.</summary>
    /// <param name="tables">Formats of typed tables.</param>
    internal DataSpec Reading(IReadOnlyCollection<string> columns, TableFormatCatalogue tables) => this with
    {
        FurtherColumns = [.. FurtherColumns.Union(columns.Except(Asof.SelectMany(a => a.Names), StringComparer.Ordinal),
            StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        Tables = tables,
        Parts = [.. Parts.Select(p => p with { Data = p.Data.Reading(columns, tables) })],
    };

    /// <summary>
    /// Returns a copy for the contracts of chains: with prices below zero, unless all chains are adjusted by ratio, and without slower
    /// series, which are those of the chains.
    /// </summary>
    internal DataSpec OfContracts() => this with
    {
        Asof = [],
        // A future has no dividends.
        Adjust = false,
        HasNegativePrices = Instruments.Values.Any(i => i.Chain is { Adjust: not PriceAdjustment.Ratio }),
    };

    /// <summary>Returns a copy for an account in a currency.</summary>
    /// <param name="currency">Null = the batch does not name it.</param>
    internal DataSpec For(string? currency) => this with
    {
        AccountCurrency = currency,
        Parts = [.. Parts.Select(p => p with { Data = p.Data with { AccountCurrency = currency, Fx = Fx, FxPlace = FxPlace } })],
    };

    /// <summary>Whether "*", or the list of symbols, can name a symbol.</summary>
    public bool IsAmong(string symbol) => Parts.Count > 0 ? Parts.Any(p => p.Data.IsAmong(symbol))
        : Symbols.Contains("*", StringComparer.Ordinal) ? Among?.Contains(symbol) != false
        : Symbols.Contains(symbol, StringComparer.Ordinal);

    /// <summary>Returns the part that names a symbol; this object if no part does.</summary>
    public DataSpec Of(string symbol) => Parts.FirstOrDefault(p => p.Data.Symbols.Contains(symbol, StringComparer.Ordinal))?.Data ?? this;
}

/// <summary>One of several sources of a batch.</summary>
/// <param name="Folder">Base folder of its relative paths; null for the batch's folder.</param>
internal sealed record DataPart(DataSpec Data, string? Folder);
