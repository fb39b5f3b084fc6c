using Granary.Engine.Backtesting;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// The data that the strategies of one feed share: its markets and their factors, which are computed once. Every host creates its
/// strategies here and then prepares the blocks for all of them.
/// </summary>
internal sealed class SharedFeed
{
    private readonly IReadOnlyList<MarketSeries> _series;
    private readonly FactorPlan[] _factors;
    private readonly Lock _making = new();

    /// <param name="series">Series of the feed's symbols, in their order.</param>
    public SharedFeed(FeedPlan plan, IReadOnlyList<MarketSeries> series, FeedSettings settings)
    {
        (Plan, _series, Settings) = (plan, series, settings);
        _factors = [.. series.Select((_, s) => plan.NewFactors(s == 0 && !plan.IsJoined ? settings.Memory : null))];
    }

    public FeedPlan Plan { get; }

    public FeedSettings Settings { get; }

    /// <summary>Creates the run of a strategy and declares its factors. Thread-safe until the blocks are prepared.</summary>
    internal IStrategyRun MakeRun(StrategyInstance instance, Strategy strategy, FeedSettings settings, RunEventWriter? events)
    {
        lock (_making)
            return Plan.IsJoined ? Several(instance, (MultiSymbolStrategy)strategy, settings, events)
                : Single(instance, strategy, settings, events);
    }

    private StrategyRun Single(StrategyInstance instance, Strategy strategy, FeedSettings settings, RunEventWriter? events)
    {
        var run = new StrategyRun(instance.Id, strategy, _series[0], instance.Trading, settings.Execution, _factors[0],
            ListenerOf(instance, settings, events));
        run.FilterEntries(instance.Model);
        if (events is not null) events.Factors = run.Factors;
        return run;
    }

    private MultiSymbolRun Several(StrategyInstance instance, MultiSymbolStrategy strategy, FeedSettings settings, RunEventWriter? events)
    {
        var run = new MultiSymbolRun(instance.Id, strategy, _series, instance.Trading, settings.Execution, _factors,
            ListenerOf(instance, settings, events));
        if (events is not null) events.Factors = run.Factors;
        return run;
    }

    private static IRunListener? ListenerOf(StrategyInstance instance, FeedSettings settings, RunEventWriter? events) =>
        settings.ListenerOf?.Invoke(instance, events) ?? events;

    /// <summary>Begins to prepare the feed's blocks, after all strategies are created.</summary>
    /// <param name="mostRows">The most rows of a joined block.</param>
    public FeedPreparer Prepare(int mostRows = IBarSeries.DefaultBlockSize) => FeedPreparer.Of(Plan, _series, _factors, mostRows);

    /// <summary>Opens the reader of the feed's blocks, after all strategies are created.</summary>
    /// <param name="blocksOf">Returns the bars of a symbol by its position in the feed.</param>
    internal FeedReader Open(Func<int, IAsyncEnumerable<BarBlock>> blocksOf, CancellationToken cancellationToken) =>
        new(Prepare(), _series.Count, blocksOf, cancellationToken);
}
