using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Analysis.Resampling;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Learning.Regimes;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Plugins;
using Granary.Storage.Addresses;

namespace Granary.Simulation.Batches;

/// <summary>A parsed and validated batch file: the strategies to run and their bars.</summary>
internal sealed record BatchSpec
{
    public required string Name { get; init; }

    /// <summary>Catalogues of the process that read the file; they resolve the names in it.</summary>
    public required GranaryCatalogues Catalogues { get; init; }

    /// <summary>C# files of the batch; their classes are in <see cref="Catalogues"/> if this process compiles them.</summary>
    public IReadOnlyList<CodeSource> Code { get; init; } = [];

    /// <summary>The place of the batch's paths.</summary>
    public Place Place => Catalogues.PlaceOf(Folder);

    public required DataSpec Data { get; init; }

    /// <summary>Initial cash of an account if the batch does not set it.</summary>
    public const double DefaultCash = 100_000;

    public double Cash { get; init; } = DefaultCash;

    /// <summary>The section <c>account</c> as it was read.</summary>
    internal AccountKeys Account { get; init; } = new();

    /// <summary>The rate of the report's figures above it.</summary>
    public RiskFreeRate RiskFree { get; init; } = RiskFreeRate.None;

    /// <summary>Periods per year of accounts whose rows have the timeframe of the data; null to count them.</summary>
    public double? PeriodsPerYear { get; init; }

    /// <summary>Periods per year that the batch sets for rows of a timeframe; null to count them.</summary>
    public double? PeriodsPerYearOf(Timeframe rows) => rows == Data.Timeframe ? PeriodsPerYear : null;

    public required ExecutionSpec Execution { get; init; }

    public required IReadOnlyList<StrategySpec> Strategies { get; init; }

    public required PortfolioSpec Portfolio { get; init; }

    /// <summary>Files that the run writes.</summary>
    public required OutputSet Outputs { get; init; }

    /// <summary>The formats in which the run writes its tables.</summary>
    public IReadOnlyList<IOutputFormat> OutputFormats =>
        [.. Outputs.HasCsv ? [CsvFormat.Instance] : (IOutputFormat[])[], .. Outputs.Formats.Select(Catalogues.OutputFormats.Get)];

    public ulong Seed { get; init; } = 1;

    /// <summary>Other paths that the run draws from the portfolio's record; null = none.</summary>
    public ResamplingPlan? Resampling { get; init; }

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

    /// <summary>The symbols that may be entered, by time; null if the batch does not say it.</summary>
    public UniverseSpec? Universe { get; init; }

    /// <summary>
    /// Time from which bars are read, UTC ticks. Bars before <see cref="DataSpec.From"/> only warm up. Null = from the first bar.
    /// </summary>
    public long? ReadFrom => Data is { WarmUp: true, From: { } from } ? WarmUpSpan.Before(from, Longest) : Data.From;

    /// <summary>Longest timeframe that a strategy trades.</summary>
    public Timeframe Longest => Strategies.SelectMany(s => s.Timeframes ?? []).Concat(ParameterSearchReader.TimeframesOf(Strategies))
        .Append(Data.Timeframe).MaxBy(t => t.Ticks);

    /// <summary>Whether a strategy has a search in place of a grid.</summary>
    public bool HasSearch => Strategies.Any(s => s.Search is not null);

    /// <summary>The file's bytes, for the run's manifest and for other hosts of a cluster.</summary>
    public required byte[] Text { get; init; }

    /// <summary>Base folder of relative paths.</summary>
    public required string Folder { get; init; }
}

internal sealed record ExecutionSpec
{
    /// <summary>Commission in percent of the notional, per side, as charged: already doubled if <see cref="Stress"/> is set.</summary>
    public double CommissionPercent { get; init; }

    public double SlippagePercent { get; init; }

    /// <summary>Timeframe of the bars that decide the price path within a bar; null = the timeframe of the data.</summary>
    public Timeframe? PathTimeframe { get; init; }

    /// <summary>Whether costs are doubled and orders delayed by one bar.</summary>
    public bool Stress { get; init; }

    /// <summary>Measured costs; null if costs are assumed.</summary>
    public UsedCosts? Costs { get; init; }

    /// <summary>The section as it was read.</summary>
    internal ExecutionKeys Keys { get; init; } = new();

    /// <summary>The resulting settings of the engine.</summary>
    public required ExecutionSettings Settings { get; init; }

    /// <summary>The section in the file; null if there is none.</summary>
    public JsonPart? Place { get; init; }
}

/// <summary>One entry of the list <c>strategies</c>: a class, a parameter grid, and trading settings.</summary>
internal sealed record StrategySpec
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

    /// <summary>The section <c>search</c>, which takes the place of a grid; null if there is none.</summary>
    public JsonPart? Search { get; init; }

    public required JsonPart Place { get; init; }
}

/// <summary>Selects the files that a run writes.</summary>
internal sealed record OutputSet
{
    public static readonly IReadOnlyList<string> Known =
        ["results", "trades", "signals", "factors", "portfolio_trades", "trades_by_model", "conditions", "allocations", "predictions",
            "equity", "resampling", "prod", "manifest", "report"];

    /// <summary>The formats of tables beside CSV.</summary>
    public static readonly IReadOnlyList<string> KnownFormats = ["parquet"];

    // Outputs that are no tables.
    private static readonly string[] _documents = ["results", "prod", "manifest", "report"];

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

    /// <summary>The formats in which tables are written beside CSV, or in its place; empty for CSV alone.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>Whether tables are written as CSV.</summary>
    public bool HasCsv { get; init; } = true;

    /// <summary>
    /// Creates the set of a list of names. Without the name of a table, formats select all tables, in these formats only.
    /// </summary>
    public static OutputSet Of(IReadOnlyList<string> names)
    {
        List<string> formats = [.. names.Where(KnownFormats.Contains)];
        List<string> files = [.. names.Except(KnownFormats, StringComparer.Ordinal)];
        var hasTables = !files.TrueForAll(_documents.Contains);
        if (formats.Count > 0 && !hasTables) files.AddRange(Known.Except(_documents, StringComparer.Ordinal));
        return new OutputSet { Names = files, Formats = formats, HasCsv = hasTables || formats.Count == 0, OfAllStrategies = true };
    }

    public bool Has(string name) => Names.Contains(name, StringComparer.Ordinal);

    /// <summary>Whether the files need single trades or signals, so the run must keep them.</summary>
    public bool NeedsEvents => Has("trades") || Has("signals") || Has("factors") || Has("conditions");

    /// <summary>Whether the files need the portfolio's own trades and equity.</summary>
    public bool NeedsPortfolio => Has("portfolio_trades") || Has("equity") || Has("report") || Has("signals");
}
