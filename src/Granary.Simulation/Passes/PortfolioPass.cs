using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Runs the portfolio over the events of the weighted strategies, in the order of <see cref="PortfolioMerge"/>.
/// </summary>
internal sealed class PortfolioPass
{
    private readonly BatchPlan _plan;
    private readonly IEventLog? _log;
    private readonly PortfolioDriver _driver;

    /// <param name="weights">Weights by strategy index.</param>
    /// <param name="instruments">Instruments of all symbols of the batch.</param>
    /// <param name="schedule">
    /// Weights over time, which replace the nonzero <paramref name="weights"/>; null if the weights are constant.
    /// </param>
    /// <param name="exposure">Caps the exposure instead of the risk models of the plan; null = use those models.</param>
    public PortfolioPass(BatchPlan plan, IEventLog? log, IReadOnlyList<double> weights, IReadOnlyList<Instrument> instruments,
        IWeightSource? schedule = null, IExposureModel? exposure = null)
    {
        _plan = plan;
        _log = log;
        _driver = new PortfolioDriver(plan, weights, instruments, schedule, exposure);
        Weights = weights;
    }

    /// <summary>Returns the bars of each symbol that some strategies trade, at the shortest timeframe of these strategies.</summary>
    /// <param name="barsOf">Returns all bars of a symbol at a timeframe.</param>
    public static Dictionary<string, (Timeframe Timeframe, IAsyncEnumerable<BarBlock> Blocks)> MarksOf(
        IEnumerable<StrategyInstance> strategies, Func<string, IBarSeries> barsOf) =>
        strategies.SelectMany(i => i.Symbols.Select(s => (Symbol: s, i.Timeframe))).GroupBy(x => x.Symbol, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g =>
            {
                var timeframe = g.MinBy(x => x.Timeframe.Ticks).Timeframe;
                return (timeframe, FeedBlocks.ReadAsync(barsOf(g.Key), timeframe, IBarSeries.DefaultBlockSize));
            }, StringComparer.Ordinal);

    public IReadOnlyList<double> Weights { get; }

    /// <summary>Current state of the portfolio's account.</summary>
    public PortfolioRun Account => _driver.Run;

    /// <param name="bars">Bars of each symbol that a weighted strategy trades, at the shortest timeframe.</param>
    /// <param name="equityRow">Receives every row of the equity curve.</param>
    /// <param name="trade">Receives the portfolio's trades in the order of closing.</param>
    /// <param name="fill">Receives each change of a position.</param>
    public async Task<PortfolioOutcome> RunAsync(IReadOnlyDictionary<string, (Timeframe Timeframe, IAsyncEnumerable<BarBlock> Blocks)> bars,
        Action<EquityRow>? equityRow, Action<PortfolioTrade>? trade, FeedClock clock, CancellationToken cancellationToken,
        Action<PortfolioFill>? fill = null)
    {
        _driver.Begin(clock, equityRow, trade, fill);
        await new PortfolioMerge(_plan, _log, _driver).RunAsync(i => Weights[i] != 0, bars, cancellationToken);
        return _driver.Outcome();
    }
}
