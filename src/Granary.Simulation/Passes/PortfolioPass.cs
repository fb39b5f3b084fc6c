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
    /// <param name="paths">The smaller bars; null = none.</param>
    public PortfolioPass(BatchPlan plan, IEventLog? log, IReadOnlyList<double> weights, IReadOnlyList<Instrument> instruments,
        IWeightSource? schedule = null, IExposureModel? exposure = null, Func<string, Timeframe, IntrabarPath?>? paths = null)
    {
        _plan = plan;
        _log = log;
        _driver = new PortfolioDriver(plan, weights, instruments, schedule, exposure, paths);
        Weights = weights;
    }

    public IReadOnlyList<double> Weights { get; }

    /// <summary>Current state of the portfolio's account.</summary>
    public PortfolioRun Account => _driver.Run;

    /// <param name="bars">The bars that weighted strategies trade.</param>
    /// <param name="equityRow">Receives every row of the equity curve.</param>
    /// <param name="trade">Receives the portfolio's trades in the order of closing.</param>
    /// <param name="fill">Receives each change of a position.</param>
    public async Task<PortfolioOutcome> RunAsync(IReadOnlyList<MarketBars> bars, Action<EquityRow>? equityRow,
        Action<PortfolioTrade>? trade, FeedClock clock, CancellationToken cancellationToken, Action<PortfolioFill>? fill = null)
    {
        _driver.Begin(clock, equityRow, trade, fill);
        await new PortfolioMerge(_plan, _log, _driver).RunAsync(i => Weights[i] != 0, bars, cancellationToken);
        return _driver.Outcome();
    }
}
