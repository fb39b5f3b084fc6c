using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Reporting.Runs;

/// <summary>A strategy of a finished run.</summary>
/// <param name="Index">Its place in the batch.</param>
/// <param name="Timeframe">As 1m, 1h, 1d.</param>
/// <param name="Sides">long, short or both.</param>
/// <param name="Weight">In the portfolio; 0 = left out.</param>
/// <param name="Model">The model that gates it, as name:version; null without one.</param>
/// <param name="Error">Why it failed; null where it ran to its end.</param>
/// <param name="Symbols">Those of a strategy that trades several; null for one.</param>
public sealed record StrategyEntry(
    int Index, string Id, string Class, IReadOnlyList<(string Name, object Value)> Params, string Symbol, string Timeframe, string Sides,
    double Weight, MetricSet? Stats, string? Model = null, string? Error = null, IReadOnlyList<string>? Symbols = null)
{
    /// <summary>Its own account's equity at the ends of periods; null where it failed, or nothing was traced.</summary>
    public EquityTrace? Trace { get; init; }

    /// <summary>Whether trades.csv lists its trades; false where they did not fit, see <c>outputs</c>.</summary>
    public bool HasListedTrades { get; init; } = true;

    /// <summary>The symbol of one of its trades.</summary>
    public string SymbolOf(in Trade trade) => Symbols is null ? Symbol : Symbols[trade.SymbolIndex];
}

/// <summary>A market whose bars a run used.</summary>
/// <param name="Hash">SHA-256 of the bars, lower-case hex.</param>
/// <param name="Findings">What the quality check or the reader noticed, worst first; one sentence each.</param>
public sealed record MarketEntry(string Symbol, string Timeframe, long Bars, DateTime First, DateTime Last, string Hash,
    IReadOnlyList<string> Findings)
{
    /// <summary>How far apart most of its bars are, as "1 day", where that is not its timeframe; null where it is.</summary>
    public string? OtherSpacing { get; init; }

    /// <summary>The time zone of its exchange, IANA; null where it is not known.</summary>
    public string? Zone { get; init; }

    /// <summary>How many of its findings are warnings or worse; they come first.</summary>
    public int Warnings { get; init; }

    /// <summary>Account currency per point of price and unit; 1 but for futures and the like.</summary>
    public double Multiplier { get; init; } = 1;

    /// <summary>
    /// Days between its first and its last bar on which it has none, though it usually trades then and no calendar knows a holiday.
    /// </summary>
    public IReadOnlyList<DateOnly> MissingDays { get; init; } = [];
}

/// <summary>One row of the portfolio's equity.</summary>
/// <param name="Time">Open time of the bar at whose close it was taken, UTC ticks.</param>
/// <param name="Exposure">Sum of the absolute position values, account currency.</param>
/// <param name="Drawdown">Below the peak, a positive fraction.</param>
public readonly record struct EquityRow(long Time, double Equity, double Cash, double Exposure, double Drawdown);

/// <summary>A signal, what the portfolio said to it, and how it ended in its strategy's own account.</summary>
/// <param name="Trade">The simulated outcome; null where it opened no trade.</param>
/// <param name="End">Where there is no trade: why.</param>
public sealed record SignalRow(Signal Signal, Decision Decision, Trade? Trade, SignalEnd? End, IReadOnlyList<double> Factors)
{
    /// <summary>Place of its trade in the order of closing within the strategy, from 1; 0 where none was closed.</summary>
    public int Closing { get; init; }
}

/// <summary>Everything that a run's files are written from. Trades and signals are read on demand, one strategy at a time.</summary>
public sealed record RunModel
{
    public required string Name { get; init; }

    /// <summary>The folder's name.</summary>
    public required string Run { get; init; }

    public required string Digest { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>From the first bar read to the results being ready.</summary>
    public required double Seconds { get; init; }

    /// <summary>What was ever tried on these bars when it was made; null where that was not counted.</summary>
    public TrialCensus? Trials { get; init; }

    /// <summary>Bars times strategies.</summary>
    public required long BarEvaluations { get; init; }

    /// <summary>As "embedded, 2 threads" or "cluster, 2 silos".</summary>
    public required string Host { get; init; }

    /// <summary>Whether a live session made it: it has an account beside its portfolio.</summary>
    public bool IsLive { get; init; }

    /// <summary>Whether the run was stopped before its end: then only some strategies have results.</summary>
    public bool Interrupted { get; init; }

    public required IReadOnlyList<StrategyEntry> Strategies { get; init; }

    public required IReadOnlyList<MarketEntry> Markets { get; init; }

    public required double StartingCash { get; init; }

    public MetricSet? Portfolio { get; init; }

    /// <summary>The metrics that the run's files show.</summary>
    public MetricCatalogue Metrics { get; init; } = MetricCatalogue.BuiltIn;

    /// <summary>Equity of the portfolio, thinned to at most a few thousand rows that keep every extreme; equity.csv has them all.</summary>
    public IReadOnlyList<EquityRow> Equity { get; init; } = [];

    /// <summary>
    /// The first row and the last one of each UTC day, or of each hour in short runs: what the page's monthly tables, rolling figures and
    /// distribution are made from. <see cref="EquityRecorder"/> makes it. Where it is empty, the page takes the days' last rows of
    /// <see cref="Equity"/>.
    /// </summary>
    public IReadOnlyList<EquityRow> Closes { get; init; } = [];

    /// <summary>The positions at each row of <see cref="Closes"/>; empty where they are not known.</summary>
    public IReadOnlyList<IReadOnlyList<SymbolValue>> Held { get; init; } = [];

    /// <summary>
    /// The deepest drawdowns over all bars, deepest first; where there are none, the page finds them in <see cref="Closes"/>.
    /// </summary>
    public IReadOnlyList<Drawdown> WorstDrawdowns { get; init; } = [];

    /// <summary>Calendar days of the longest drawdown over all bars, which need not be among the deepest; NaN where not known.</summary>
    public double LongestUnderwaterDays { get; init; } = double.NaN;

    /// <summary>
    /// What the portfolio is compared with, at the rows of <see cref="Closes"/> before which it had a bar; null without one.
    /// </summary>
    public EquityCurve? Benchmark { get; init; }

    public string? BenchmarkName { get; init; }

    /// <summary>The portfolio against it; null without one, and where they meet at fewer than two times.</summary>
    public BenchmarkComparison? Comparison { get; init; }

    /// <summary>
    /// The yearly rate that the excess Sharpe ratio is taken over, a fraction: the batch's <c>account.riskFreePercent</c>.
    /// </summary>
    public double RiskFree { get; init; }

    /// <summary>How many signals met each decision.</summary>
    public IReadOnlyDictionary<Decision, long> Decisions { get; init; } = new Dictionary<Decision, long>();

    /// <summary>
    /// What a reader must know before the figures, most important first: shown in the terminal, in results.json and at the head of the
    /// report.
    /// </summary>
    public IReadOnlyList<RunNote> Notes { get; init; } = [];

    /// <summary>The batch file as it was given.</summary>
    public required string BatchText { get; init; }

    /// <summary>Further sections of results.json and the report, in the order of results.json; at most one of a type.</summary>
    public IReadOnlyList<ResultSection> Sections { get; init; } = [];

    /// <summary>The section of a type; null without one.</summary>
    public TSection? Section<TSection>() where TSection : ResultSection => Sections.OfType<TSection>().FirstOrDefault();

    /// <summary>The same model with a further section.</summary>
    public RunModel With(ResultSection section) => this with { Sections = [.. Sections, section] };
}

/// <summary>Where the writers of a run's files find its single events.</summary>
public interface IRunEvents
{
    /// <summary>Closed and open trades of a strategy, in the order of closing, the open ones last.</summary>
    IEnumerable<Trade> Trades(int strategy);

    /// <summary>Its signals in order.</summary>
    IEnumerable<SignalRow> Signals(int strategy);

    /// <summary>Names of the factors that it reads.</summary>
    IReadOnlyList<string> FactorNames(int strategy);

    /// <summary>The portfolio's trades, in the order of closing. Their member is a place in <see cref="RunModel.Strategies"/>.</summary>
    IEnumerable<PortfolioTrade> PortfolioTrades();

    /// <summary>Each change of a position of the portfolio, in the order of booking, with its symbol.</summary>
    IEnumerable<(string Symbol, PortfolioFill Fill)> PortfolioFills();

    /// <summary>
    /// Bars of a market between two times, for charts; at most <paramref name="most"/> of them, longer ones built from shorter.
    /// </summary>
    IReadOnlyList<Granary.Engine.Market.Bar> Bars(string symbol, string timeframe, int most);
}
