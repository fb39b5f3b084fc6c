using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Reporting.Runs;

/// <summary>A strategy of a finished run.</summary>
/// <param name="Index">Its position in the batch.</param>
/// <param name="Timeframe">The timeframe as text: 1m, 1h, 1d.</param>
/// <param name="Sides">long, short or both.</param>
/// <param name="Weight">The weight in the portfolio; 0 = not included.</param>
/// <param name="Model">The model that filters its entries, as name:version; null without one.</param>
/// <param name="Error">Why the strategy failed; null if it ran to its end.</param>
/// <param name="Symbols">The symbols of a strategy that trades several; null for one.</param>
public sealed record StrategyEntry(
    int Index, string Id, string Class, IReadOnlyList<(string Name, object Value)> Params, string Symbol, string Timeframe, string Sides,
    double Weight, MetricSet? Stats, string? Model = null, string? Error = null, IReadOnlyList<string>? Symbols = null)
{
    /// <summary>The equity of its own account at the ends of periods; null if it failed, or if tracing was off.</summary>
    internal EquityTrace? Trace { get; init; }

    /// <summary>Whether trades.csv lists its trades; false if the limit in <c>outputs</c> was exceeded.</summary>
    public bool HasListedTrades { get; init; } = true;

    /// <summary>Returns the symbol of one of its trades.</summary>
    public string SymbolOf(in Trade trade) => SymbolAt(trade.SymbolIndex);

    /// <summary>Returns the symbol of one of its signals.</summary>
    internal string SymbolOf(SignalRow signal) => SymbolAt(signal.SymbolIndex);

    private string SymbolAt(int index) => Symbols is null ? Symbol : Symbols[index];
}

/// <summary>A market whose bars a run used.</summary>
/// <param name="Hash">SHA-256 of the bars, lower-case hex.</param>
/// <param name="Findings">Findings of the quality check or the reader, worst first; one sentence each.</param>
public sealed record MarketEntry(string Symbol, string Timeframe, long Bars, DateTime First, DateTime Last, string Hash,
    IReadOnlyList<string> Findings)
{
    /// <summary>The typical distance between its bars, such as "1 day", if it differs from the timeframe; otherwise null.</summary>
    public string? OtherSpacing { get; init; }

    /// <summary>The IANA time zone of its exchange; null if unknown.</summary>
    public string? Zone { get; init; }

    /// <summary>The number of findings with severity warning or error; they come first.</summary>
    public int Warnings { get; init; }

    /// <summary>The sentence about bars that end after the time of the run; null if there are none.</summary>
    public string? Unclosed { get; init; }

    /// <summary>Units of its currency per price point and unit; 1 except for futures and similar instruments.</summary>
    public double Multiplier { get; init; } = 1;

    /// <summary>The value of one unit of its currency in the account's at the last bar; 1 if they are the same.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>
    /// Usual trading days between its first and its last bar without bars that no calendar lists as a holiday.
    /// </summary>
    public IReadOnlyList<DateOnly> MissingDays { get; init; } = [];
}

/// <summary>The data of a run for all of its output files. Trades and signals are read on demand, one strategy at a time.</summary>
public sealed record RunModel
{
    public required string Name { get; init; }

    /// <summary>The name of the run's folder.</summary>
    public required string Run { get; init; }

    public required string Digest { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>Duration in seconds, from reading the first bar until the results were complete.</summary>
    public required double Seconds { get; init; }

    /// <summary>
    /// Seconds that passed from the submission of the job, or the start of the command, until the results were complete. They include the
    /// wait in the queue and interrupted attempts; in the manifest also the writing of the files.
    /// </summary>
    public required double ElapsedSeconds { get; init; }

    /// <summary>Trials on these bars at the time of the run; null if they were not counted.</summary>
    internal TrialCensus? Trials { get; init; }

    /// <summary>The number of bars times strategies.</summary>
    public required long BarEvaluations { get; init; }

    /// <summary>Description of the host, such as "embedded, 2 threads" or "cluster, 2 silos".</summary>
    public required string Host { get; init; }

    /// <summary>Whether a live session created the run, so it has an account beside its portfolio.</summary>
    public bool IsLive { get; init; }

    /// <summary>Whether the run was stopped before its end, so only some strategies have results.</summary>
    public bool Interrupted { get; init; }

    public required IReadOnlyList<StrategyEntry> Strategies { get; init; }

    public required IReadOnlyList<MarketEntry> Markets { get; init; }

    public required double StartingCash { get; init; }

    public MetricSet? Portfolio { get; init; }

    /// <summary>
    /// The portfolio's equity at the last closes with all fills. Fills of longer bars may be booked after the last row, whose equity is the
    /// final one of the metrics. Null in a run that was read from its files.
    /// </summary>
    public double? EquityWithFills { get; init; }

    /// <summary>The value of all that the portfolio bought and sold, account currency; null if its fills are unknown.</summary>
    internal double? Traded { get; init; }

    /// <summary>The metrics in the run's files.</summary>
    internal MetricCatalogue Metrics { get; init; } = MetricCatalogue.BuiltIn;

    /// <summary>Equity of the portfolio, reduced to a few thousand rows with all extremes; equity.csv has all rows.</summary>
    internal IReadOnlyList<EquityRow> Equity { get; init; } = [];

    /// <summary>
    /// The first row and the last row of each UTC day, or of each hour in short runs. Monthly tables, rolling figures and the distribution
    /// use them. <see cref="EquityRecorder"/> creates them. If they are empty, the page uses the last row of each day in
    /// <see cref="Equity"/>.
    /// </summary>
    internal IReadOnlyList<EquityRow> Closes { get; init; } = [];

    /// <summary>The positions at each row of <see cref="Closes"/>; empty if unknown.</summary>
    internal IReadOnlyList<IReadOnlyList<SymbolValue>> Held { get; init; } = [];

    /// <summary>
    /// The deepest drawdowns over all bars, deepest first. If empty, the page computes them from <see cref="Closes"/>.
    /// </summary>
    internal IReadOnlyList<Drawdown> WorstDrawdowns { get; init; } = [];

    /// <summary>Calendar days of the longest drawdown over all bars, which need not be among the deepest; NaN if unknown.</summary>
    public double LongestUnderwaterDays { get; init; } = double.NaN;

    /// <summary>
    /// Benchmark of the portfolio; null without one. It starts at the first row that both have, with the portfolio's equity there; the
    /// others are rows of <see cref="Closes"/> before which it had a bar.
    /// </summary>
    internal EquityCurve? Benchmark { get; init; }

    public string? BenchmarkName { get; init; }

    /// <summary>Comparison with the benchmark; null without one, or if both have fewer than two common times.</summary>
    internal BenchmarkComparison? Comparison { get; init; }

    /// <summary>
    /// The risk-free rate of the figures above it: the batch's <c>account.riskFreePercent</c> or <c>riskFree</c>.
    /// </summary>
    internal RiskFreeRate RiskFree { get; init; } = RiskFreeRate.None;

    /// <summary>
    /// Periods per year of the portfolio over those that its rows count; 1 unless the batch sets them. Figures of days scale with it.
    /// </summary>
    public double PeriodScale { get; init; } = 1;

    /// <summary>The number of signals for each decision.</summary>
    public IReadOnlyDictionary<Decision, long> Decisions { get; init; } = new Dictionary<Decision, long>();

    /// <summary>
    /// Notes that a reader must know before the figures, most important first: shown in the terminal, in results.json and at the head of
    /// the report.
    /// </summary>
    internal IReadOnlyList<RunNote> Notes { get; init; } = [];

    /// <summary>The text of the batch file, unchanged.</summary>
    public required string BatchText { get; init; }

    /// <summary>Additional sections of results.json and the report, in the order of results.json; at most one of each type.</summary>
    internal IReadOnlyList<ResultSection> Sections { get; init; } = [];

    /// <summary>Whether the run may be traded, by its validation checks.</summary>
    internal ValidationVerdict Verdict => ValidationVerdict.OfRun(Section<ValidationChecks>(), Interrupted);

    /// <summary>Returns the section of a type; null if there is none.</summary>
    internal TSection? Section<TSection>() where TSection : ResultSection => Sections.OfType<TSection>().FirstOrDefault();

    /// <summary>The account's currency, where some market has another one; otherwise null.</summary>
    public string? Currency => Section<CurrencyResults>()?.Account;

    /// <summary>Returns the model with an additional section.</summary>
    internal RunModel With(ResultSection section) => this with { Sections = [.. Sections, section] };
}
