using Granary.Data.Reading;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Learning.Regimes;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>A parsed and validated batch file: the strategies to run and their bars.</summary>
public sealed record BatchSpec
{
    public required string Name { get; init; }

    /// <summary>Catalogues of the process that read the file; they resolve the names in it.</summary>
    public required GranaryCatalogues Catalogues { get; init; }

    public required DataSpec Data { get; init; }

    /// <summary>Initial cash of an account if the batch does not set it.</summary>
    public const double DefaultCash = 100_000;

    public double Cash { get; init; } = DefaultCash;

    /// <summary>Risk-free rate in percent per year; used only for the excess Sharpe ratio in the report.</summary>
    public double RiskFreePercent { get; init; }

    public required ExecutionSpec Execution { get; init; }

    public required IReadOnlyList<StrategySpec> Strategies { get; init; }

    public required PortfolioSpec Portfolio { get; init; }

    /// <summary>Files that the run writes.</summary>
    public required OutputSet Outputs { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>Metrics that the run computes, writes and can use as an objective.</summary>
    public MetricCatalogue Metrics { get; init; } = MetricCatalogue.BuiltIn;

    /// <summary>Benchmark of the portfolio: a symbol, or <c>buy-and-hold</c> for the batch's own markets; null = none.</summary>
    public JsonPart? Benchmark { get; init; }

    /// <summary>The section <c>learning</c>; null if there is none.</summary>
    public JsonPart? Learning { get; init; }

    /// <summary>The section <c>walkForward</c>; null if there is none.</summary>
    public JsonPart? WalkForward { get; init; }

    /// <summary>Market states that the batch declares; null if it declares none.</summary>
    public RegimePlan? Regimes { get; init; }

    /// <summary>
    /// Time from which bars are read, UTC ticks. Bars before <see cref="DataSpec.From"/> only warm up. Null = from the first bar.
    /// </summary>
    public long? ReadFrom => Data is { WarmUp: true, From: { } from } ? WarmUpSpan.Before(from, Longest) : Data.From;

    /// <summary>Longest timeframe that a strategy trades.</summary>
    public Timeframe Longest => Strategies.SelectMany(s => s.Timeframes ?? []).Append(Data.Timeframe).MaxBy(t => t.Ticks);

    /// <summary>The file's bytes, for the run's manifest and for other hosts of a cluster.</summary>
    public required byte[] Text { get; init; }

    /// <summary>Base folder of relative paths.</summary>
    public required string Folder { get; init; }
}

public sealed record DataSpec
{
    /// <summary>
    /// Address of the source: csv:DIR, store:DIR, postgres://…, questdb://…, kafka://…. The first part's source if there are
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

    /// <summary>Whether available bars before <see cref="From"/> warm up factors and crossings.</summary>
    public bool WarmUp { get; init; } = true;

    public bool Adjust { get; init; } = true;

    /// <summary>Whether timestamps in a file are open times; otherwise they are close times.</summary>
    public bool StampIsOpen { get; init; } = true;

    /// <summary>IANA time zone of timestamps without a zone; null = UTC, or the zone that the format defines.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Mapping of file columns to bar fields; null uses the files' headers.</summary>
    public ColumnMapping? Columns { get; init; }

    /// <summary>Instrument settings by symbol, in addition to the source's; "*" applies to all other symbols.</summary>
    public IReadOnlyDictionary<string, InstrumentSpec> Instruments { get; init; } = new Dictionary<string, InstrumentSpec>();

    /// <summary>The section <c>instruments</c> in the file; null if there is none.</summary>
    public JsonPart? InstrumentsPart { get; init; }

    /// <summary>Several sources with their own symbols; empty if <see cref="Source"/> provides all symbols.</summary>
    public IReadOnlyList<DataPart> Parts { get; init; } = [];

    /// <summary>The JSON value of the source, for error messages; the list of parts if there are several.</summary>
    public required JsonPart Place { get; init; }

    /// <summary>The JSON value of the timeframe, for error messages; the list of parts if there are several.</summary>
    public required JsonPart TimeframePlace { get; init; }

    /// <summary>Returns the part that names a symbol; this object if no part does.</summary>
    public DataSpec Of(string symbol) => Parts.FirstOrDefault(p => p.Data.Symbols.Contains(symbol, StringComparer.Ordinal))?.Data ?? this;
}

/// <summary>One of several sources of a batch.</summary>
/// <param name="Folder">Base folder of its relative paths; null for the batch's folder.</param>
public sealed record DataPart(DataSpec Data, string? Folder);

/// <summary>Instrument settings of a batch; null keeps the source's value.</summary>
public sealed record InstrumentSpec(double? TickSize, double? LotSize, double? Multiplier, double? Margin, string? Currency, string? Venue,
    SessionCalendar? Calendar)
{
    public Instrument Apply(Instrument instrument) => instrument with
    {
        TickSize = TickSize ?? instrument.TickSize,
        LotSize = LotSize ?? instrument.LotSize,
        Multiplier = Multiplier ?? instrument.Multiplier,
        MarginPerUnit = Margin ?? instrument.MarginPerUnit,
        Currency = Currency ?? instrument.Currency,
        Venue = Venue ?? instrument.Venue,
        Calendar = Calendar ?? instrument.Calendar,
    };
}

public sealed record ExecutionSpec
{
    /// <summary>Commission in percent of the notional, per side, as charged: already doubled if <see cref="Stress"/> is set.</summary>
    public double CommissionPercent { get; init; }

    public double SlippagePercent { get; init; }

    /// <summary>Timeframe of the bars that decide the price path within a bar; null = the timeframe of the data.</summary>
    public Timeframe? PathTimeframe { get; init; }

    /// <summary>Whether costs are doubled and orders delayed by one bar.</summary>
    public bool Stress { get; init; }

    /// <summary>The resulting settings of the engine.</summary>
    public required ExecutionSettings Settings { get; init; }

    /// <summary>The section in the file; null if there is none.</summary>
    public JsonPart? Place { get; init; }
}

/// <summary>One entry of the list <c>strategies</c>: a class, a parameter grid, and trading settings.</summary>
public sealed record StrategySpec
{
    public required string Class { get; init; }

    /// <summary>Parameters in the order of the file. The batch runs all combinations of their values.</summary>
    public required IReadOnlyList<(string Name, IReadOnlyList<string> Values, JsonPart Place)> Params { get; init; }

    public required TradingSettings Trading { get; init; }

    /// <summary>null = all symbols of the data section.</summary>
    public IReadOnlyList<string>? Symbols { get; init; }

    /// <summary>null = the timeframe of the data section.</summary>
    public IReadOnlyList<Timeframe>? Timeframes { get; init; }

    /// <summary>Label that distinguishes otherwise equal entries; part of the id.</summary>
    public string? Tag { get; init; }

    /// <summary>Existing id in a production configuration; null = create one.</summary>
    public string? Id { get; init; }

    /// <summary>
    /// Other symbols that its factors read; set only in a production configuration. A batch determines them from the factors.
    /// </summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Entry filter in a production configuration; null = none.</summary>
    public IEntryModel? Model { get; init; }

    public required JsonPart Place { get; init; }
}

public sealed record PortfolioSpec
{
    /// <summary>A <see cref="WeightRule"/>; null if <see cref="FixedWeights"/> are given.</summary>
    public string? Rule { get; init; } = WeightRule.Winners;

    /// <summary>Weights by strategy id.</summary>
    public IReadOnlyDictionary<string, double>? FixedWeights { get; init; }

    public required PortfolioLimits Limits { get; init; }

    public PortfolioSizing Sizing { get; init; } = PortfolioSizing.Own;

    /// <summary>Rule that decides which strategies and symbols may enter; null = all may enter at any time.</summary>
    public EnablementRule? Enablement { get; init; }

    /// <summary>Schedule for choosing new weights; null = rules that use the whole period choose once.</summary>
    public RebalanceSpec? Rebalance { get; init; }

    /// <summary>Settings of the rules <c>ppo</c> and <c>adaptive</c>; null for the defaults.</summary>
    public AllocatorSpec? Allocator { get; init; }

    /// <summary>Policy that decides the weights row by row, in a production configuration; null = none.</summary>
    public PolicyPlan? Policy { get; init; }

    /// <summary>
    /// Weights per regime state by strategy id, in the order of the states. A live session uses them to continue the rule <c>regime</c>.
    /// Null if weights do not depend on regimes.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>>? WeightsByState { get; init; }

    /// <summary>
    /// The given weights were chosen on bars before this time, UTC ticks, so later bars are out of sample. Null if the batch does not say.
    /// </summary>
    public long? ChosenBefore { get; init; }

    /// <summary>
    /// Open time of the first bar that the portfolio trades, UTC ticks. Before it, only the strategies' own accounts trade. Null for all
    /// bars.
    /// </summary>
    public long? From { get; init; }

    /// <summary>
    /// Whether fills are booked when their bar closes instead of when it opens. With several timeframes they are not known earlier.
    /// </summary>
    public bool BookAtClose { get; init; }

    /// <summary>Models that cap the exposure at entries; set after training, or by a production configuration.</summary>
    public IReadOnlyList<RiskUse> Risk { get; init; } = [];

    /// <summary>The intended broker, which must be able to trade the portfolio; null for none.</summary>
    public string? Broker { get; init; }

    /// <summary>The section in the file, from which custom rules read their settings; null if there is none.</summary>
    public JsonPart? Place { get; init; }
}

/// <summary>Selects the files that a run writes.</summary>
public sealed record OutputSet
{
    public static readonly IReadOnlyList<string> Known =
        ["results", "trades", "signals", "factors", "portfolio_trades", "trades_by_model", "conditions", "predictions", "equity", "prod",
            "manifest", "report"];

    /// <summary>All files with all strategies: <c>"outputs": "all"</c>.</summary>
    public static OutputSet All { get; } = new() { Names = [.. Known], OfAllStrategies = true };

    /// <summary>
    /// Default without the key <c>outputs</c>: all files; files of single trades and signals contain the listed strategies only.
    /// </summary>
    public static OutputSet Default { get; } = new() { Names = [.. Known] };

    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>
    /// Whether trades.csv, signals.csv and factors.csv contain every strategy, whatever its weight and the number of strategies.
    /// </summary>
    public bool OfAllStrategies { get; init; }

    public bool Has(string name) => Names.Contains(name, StringComparer.Ordinal);

    /// <summary>Whether the files need single trades or signals, so that the run must keep them.</summary>
    public bool NeedsEvents => Has("trades") || Has("signals") || Has("factors") || Has("conditions");

    /// <summary>Whether the files need the portfolio's own trades and equity.</summary>
    public bool NeedsPortfolio => Has("portfolio_trades") || Has("equity") || Has("report") || Has("signals");
}
