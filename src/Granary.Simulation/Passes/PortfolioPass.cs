using Granary.Engine.Analysis;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Risk;

namespace Granary.Simulation.Passes;

/// <summary>The outcome of the portfolio pass.</summary>
/// <param name="Decisions">By strategy index: the answer to each of its signals, in order. Strategies without weight are not in it.</param>
public sealed record PortfolioOutcome(
    MetricSet Statistics, UInt128 Fingerprint, IReadOnlyDictionary<Decision, long> Counts,
    IReadOnlyDictionary<int, List<Decision>> Decisions, EquityRecorder Recorder)
{
    /// <summary>What models of the risk said of entries, in their order; empty without such models.</summary>
    public IReadOnlyList<RiskAnswer> Risk { get; init; } = [];

    /// <summary>What the reader of the run must know of the portfolio's account.</summary>
    public IReadOnlyList<RunNote> Notes { get; init; } = [];
}

/// <summary>
/// Lets the portfolio decide over what the weighted strategies did, in the order of <see cref="PortfolioMerge"/>.
/// </summary>
public sealed class PortfolioPass
{
    private readonly BatchPlan _plan;
    private readonly IEventLog? _log;
    private readonly PortfolioDriver _driver;

    /// <param name="weights">By strategy index.</param>
    /// <param name="instruments">Of all symbols of the batch.</param>
    /// <param name="schedule">
    /// Weights over time, in place of those of <paramref name="weights"/> that are not 0; null where they stay.
    /// </param>
    /// <param name="exposure">Caps the exposure in place of the models of the plan's portfolio; null = those do.</param>
    public PortfolioPass(BatchPlan plan, IEventLog? log, IReadOnlyList<double> weights, IReadOnlyList<Instrument> instruments,
        IWeightSource? schedule = null, IExposureModel? exposure = null)
    {
        _plan = plan;
        _log = log;
        _driver = new PortfolioDriver(plan, weights, instruments, schedule, exposure);
        Weights = weights;
    }

    /// <summary>The bars of each symbol that some strategies trade, at the shortest timeframe of these strategies.</summary>
    /// <param name="barsOf">All bars of a symbol.</param>
    public static Dictionary<string, (Timeframe Timeframe, IAsyncEnumerable<BarBlock> Blocks)> MarksOf(
        IEnumerable<StrategyInstance> strategies, Func<string, IBarSeries> barsOf) =>
        strategies.SelectMany(i => i.Symbols.Select(s => (Symbol: s, i.Timeframe))).GroupBy(x => x.Symbol, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g =>
            {
                var timeframe = g.MinBy(x => x.Timeframe.Ticks).Timeframe;
                return (timeframe, FeedBlocks.ReadAsync(barsOf(g.Key), timeframe, IBarSeries.DefaultBlockSize));
            }, StringComparer.Ordinal);

    public IReadOnlyList<double> Weights { get; }

    /// <summary>The portfolio's account as it stands.</summary>
    public PortfolioRun Account => _driver.Run;

    /// <param name="bars">For each symbol that a weighted strategy trades, its bars at the shortest timeframe.</param>
    /// <param name="equityRow">Is given every row of the equity curve.</param>
    /// <param name="trade">Is given the portfolio's trades in the order of closing.</param>
    /// <param name="fill">Is given each change of a position.</param>
    public async Task<PortfolioOutcome> RunAsync(IReadOnlyDictionary<string, (Timeframe Timeframe, IAsyncEnumerable<BarBlock> Blocks)> bars,
        Action<EquityRow>? equityRow, Action<PortfolioTrade>? trade, FeedClock clock, CancellationToken cancellationToken,
        Action<PortfolioFill>? fill = null)
    {
        _driver.Begin(clock, equityRow, trade, fill);
        await new PortfolioMerge(_plan, _log, _driver).RunAsync(i => Weights[i] != 0, bars, cancellationToken);
        return _driver.Outcome();
    }
}
