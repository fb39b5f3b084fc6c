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

/// <summary>A batch file, read and checked: what to run on which bars.</summary>
public sealed record BatchSpec
{
    public required string Name { get; init; }

    /// <summary>What the process that read it knows: its names mean what these catalogues say.</summary>
    public required GranaryCatalogues Catalogues { get; init; }

    public required DataSpec Data { get; init; }

    /// <summary>What an account begins with where the batch does not say it.</summary>
    public const double DefaultCash = 100_000;

    public double Cash { get; init; } = DefaultCash;

    /// <summary>A yearly rate in percent, for the excess Sharpe ratio of the report alone.</summary>
    public double RiskFreePercent { get; init; }

    public required ExecutionSpec Execution { get; init; }

    public required IReadOnlyList<StrategySpec> Strategies { get; init; }

    public required PortfolioSpec Portfolio { get; init; }

    /// <summary>The run's files that are wanted.</summary>
    public required OutputSet Outputs { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>The metrics that the run computes, writes and can choose by.</summary>
    public MetricCatalogue Metrics { get; init; } = MetricCatalogue.BuiltIn;

    /// <summary>What the portfolio is compared with: a symbol, or <c>buy-and-hold</c> for its own markets; null without one.</summary>
    public JsonPart? Benchmark { get; init; }

    /// <summary>The section on learning as it stands in the file; null where there is none.</summary>
    public JsonPart? Learning { get; init; }

    /// <summary>The section on walk-forward optimisation; null where there is none.</summary>
    public JsonPart? WalkForward { get; init; }

    /// <summary>The states of the market that the batch declares; null where it declares none.</summary>
    public RegimePlan? Regimes { get; init; }

    /// <summary>
    /// Where the bars are read from, UTC ticks: those before <see cref="DataSpec.From"/> only warm up. Null = from the first one on.
    /// </summary>
    public long? ReadFrom => Data is { WarmUp: true, From: { } from } ? WarmUpSpan.Before(from, Longest) : Data.From;

    /// <summary>The longest timeframe that a strategy trades.</summary>
    public Timeframe Longest => Strategies.SelectMany(s => s.Timeframes ?? []).Append(Data.Timeframe).MaxBy(t => t.Ticks);

    /// <summary>The file's own bytes: what a manifest keeps and a cluster sends on.</summary>
    public required byte[] Text { get; init; }

    /// <summary>The folder that relative paths are relative to.</summary>
    public required string Folder { get; init; }
}

public sealed record DataSpec
{
    /// <summary>As csv:DIR, store:DIR, postgres://…, questdb://…, kafka://…; that of the first where there are <see
    /// cref="Parts"/>.</summary>
    public required Address Source { get; init; }

    public string Format { get; init; } = "auto";

    /// <summary>As written; "*" stands for all that the source lists.</summary>
    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>Of the source's bars.</summary>
    public required Timeframe Timeframe { get; init; }

    /// <summary>UTC ticks; bars in [from, to).</summary>
    public long? From { get; init; }

    public long? To { get; init; }

    /// <summary>Whether bars before <see cref="From"/>, where there are any, warm factors and crossings up.</summary>
    public bool WarmUp { get; init; } = true;

    public bool Adjust { get; init; } = true;

    /// <summary>Whether a file's stamps are open times; closing times if not.</summary>
    public bool StampIsOpen { get; init; } = true;

    /// <summary>The IANA zone of a file's times that carry none; null is UTC, or what the format lays down.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Which column of the files is what; null goes by their headers.</summary>
    public ColumnMapping? Columns { get; init; }

    /// <summary>What is known of symbols beyond their files, by symbol; "*" for all the others.</summary>
    public IReadOnlyDictionary<string, InstrumentSpec> Instruments { get; init; } = new Dictionary<string, InstrumentSpec>();

    /// <summary>The same as it stands in the file; null where it does not.</summary>
    public JsonPart? InstrumentsPart { get; init; }

    /// <summary>Several sources in one batch, each with its own symbols; empty where <see cref="Source"/> has all.</summary>
    public IReadOnlyList<DataPart> Parts { get; init; } = [];

    /// <summary>Where the source stands in the file, for faults; the list of parts where there are several.</summary>
    public required JsonPart Place { get; init; }

    /// <summary>Where the timeframe stands in the file; the list of parts where there are several.</summary>
    public required JsonPart TimeframePlace { get; init; }

    /// <summary>The part that names a symbol; the whole where there are no parts, or none names it.</summary>
    public DataSpec Of(string symbol) => Parts.FirstOrDefault(p => p.Data.Symbols.Contains(symbol, StringComparer.Ordinal))?.Data ?? this;
}

/// <summary>One of several sources of a batch.</summary>
/// <param name="Folder">What a relative path of it is relative to; null for the batch's folder.</param>
public sealed record DataPart(DataSpec Data, string? Folder);

/// <summary>What a batch says of an instrument; null leaves what the source says.</summary>
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
    /// <summary>Of the notional, each side, as it is charged: doubled under <see cref="Stress"/>.</summary>
    public double CommissionPercent { get; init; }

    public double SlippagePercent { get; init; }

    /// <summary>Of the bars that decide the path within a bar; null = the data's, for strategies of a longer timeframe.</summary>
    public Timeframe? PathTimeframe { get; init; }

    /// <summary>Whether costs are doubled and orders one bar late.</summary>
    public bool Stress { get; init; }

    /// <summary>What the engine runs by.</summary>
    public required ExecutionSettings Settings { get; init; }

    /// <summary>Where it stands in the file; null where it does not.</summary>
    public JsonPart? Place { get; init; }
}

/// <summary>One entry of the list of strategies: a class, a grid of parameters, and how it trades.</summary>
public sealed record StrategySpec
{
    public required string Class { get; init; }

    /// <summary>In the file's order; each has one value or several that multiply out.</summary>
    public required IReadOnlyList<(string Name, IReadOnlyList<string> Values, JsonPart Place)> Params { get; init; }

    public required TradingSettings Trading { get; init; }

    /// <summary>null = all of the data section's.</summary>
    public IReadOnlyList<string>? Symbols { get; init; }

    /// <summary>null = the data section's.</summary>
    public IReadOnlyList<Timeframe>? Timeframes { get; init; }

    /// <summary>A name that sets apart entries that are otherwise equal; part of the id.</summary>
    public string? Tag { get; init; }

    /// <summary>The id that it has already, in a production configuration; null makes one.</summary>
    public string? Id { get; init; }

    /// <summary>The other symbols that its factors compare with, in a production configuration; a batch finds them by itself.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>The filter of its entries, in a production configuration; null = none.</summary>
    public IEntryModel? Model { get; init; }

    public required JsonPart Place { get; init; }
}

public sealed record PortfolioSpec
{
    /// <summary>A <see cref="WeightRule"/>; null if <see cref="FixedWeights"/> are given.</summary>
    public string? Rule { get; init; } = WeightRule.Winners;

    /// <summary>By strategy id.</summary>
    public IReadOnlyDictionary<string, double>? FixedWeights { get; init; }

    public required PortfolioLimits Limits { get; init; }

    public PortfolioSizing Sizing { get; init; } = PortfolioSizing.Own;

    /// <summary>Which strategies and symbols may enter; null = all, always.</summary>
    public EnablementRule? Enablement { get; init; }

    /// <summary>When weights are chosen again; null leaves the rules that look at the whole period as they are.</summary>
    public RebalanceSpec? Rebalance { get; init; }

    /// <summary>How the rules ppo and adaptive learn; null for the standard values.</summary>
    public AllocatorSpec? Allocator { get; init; }

    /// <summary>The policy that decides the weights row by row, in a production configuration; null = none does.</summary>
    public PolicyPlan? Policy { get; init; }

    /// <summary>
    /// By strategy id its weight in each state of the regimes, in their order: how a live session goes on with the rule <c>regime</c>. Null
    /// where weights do not depend on them.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>>? WeightsByState { get; init; }

    /// <summary>
    /// The time before which given weights were chosen, UTC ticks: bars from then on are unseen. Null where the batch names none.
    /// </summary>
    public long? ChosenBefore { get; init; }

    /// <summary>
    /// Open time of the first bar that the portfolio trades, UTC ticks: earlier bars move the strategies alone. Null for all bars.
    /// </summary>
    public long? From { get; init; }

    /// <summary>
    /// Fills are booked when their bar closes, not when it opens: with strategies of several timeframes they are not known before.
    /// </summary>
    public bool BookAtClose { get; init; }

    /// <summary>Models that cap the exposure at entries; set when they are trained, and by a production configuration.</summary>
    public IReadOnlyList<RiskUse> Risk { get; init; } = [];

    /// <summary>The broker that the portfolio is planned for, which must be able to trade it; null for none.</summary>
    public string? Broker { get; init; }

    /// <summary>The section as it stands in the file, for rules with settings of their own; null where there is none.</summary>
    public JsonPart? Place { get; init; }
}

/// <summary>Which files of a run's folder are written.</summary>
public sealed record OutputSet
{
    public static readonly IReadOnlyList<string> Known =
        ["results", "trades", "signals", "factors", "portfolio_trades", "trades_by_model", "conditions", "predictions", "equity", "prod",
            "manifest", "report"];

    /// <summary>Every file with everything in it: <c>"outputs": "all"</c>.</summary>
    public static OutputSet All { get; } = new() { Names = [.. Known], OfAllStrategies = true };

    /// <summary>
    /// Where the batch has no such key: every file, but only the listed strategies in those of single trades and signals.
    /// </summary>
    public static OutputSet Default { get; } = new() { Names = [.. Known] };

    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>
    /// Whether trades.csv, signals.csv and factors.csv list every strategy, whatever its weight and however many there are.
    /// </summary>
    public bool OfAllStrategies { get; init; }

    public bool Has(string name) => Names.Contains(name, StringComparer.Ordinal);

    /// <summary>Whether single trades or signals are wanted, and so have to be kept.</summary>
    public bool NeedsEvents => Has("trades") || Has("signals") || Has("factors") || Has("conditions");

    /// <summary>Whether the portfolio's own trades and equity are wanted.</summary>
    public bool NeedsPortfolio => Has("portfolio_trades") || Has("equity") || Has("report") || Has("signals");
}
