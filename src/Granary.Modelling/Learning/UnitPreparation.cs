using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Learning.Features;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Learning;

/// <summary>
/// Prepares the samples and windows of entry filters, one market at a time. The batch alone determines the models and their order.
/// </summary>
internal sealed class UnitPreparation
{
    // Maximum size of the factor columns that a batch keeps between passes, bytes.
    private const long KeptFactors = 256 << 20;

    private readonly BatchPlan _plan;
    private readonly IReadOnlyDictionary<string, OpenedMarket> _markets;
    private readonly LearningSpec?[] _owner;
    private readonly List<List<Work>> _work;

    private sealed record Work(LearningSpec Spec, FeedPlan Feed, IReadOnlyList<StrategyInstance> Strategies);

    /// <param name="specs">Learning sections of entry filters.</param>
    /// <exception cref="InputException">A section covers no strategy.</exception>
    public UnitPreparation(IReadOnlyList<LearningSpec> specs, BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets)
    {
        (_plan, _markets) = (plan, markets);
        _owner = [.. plan.Instances.Select(i => specs.FirstOrDefault(s => s.Covers(i)))];
        foreach (var spec in specs)
            if (Array.IndexOf(_owner, spec) < 0)
                throw (spec.Place.Find("strategies")
                    ?? spec.Place).Fault("no strategy of the batch is covered by this section; name classes or ids that it runs, or leave "
                        + "'strategies' out");
        _work = [.. plan.Markets.Select(WorkOf).Where(w => w.Count > 0)];
        Markets = [.. _work.Select(w => w.Count)];
    }

    /// <summary>Time of the first sample, UTC ticks. Earlier bars only warm up the features.</summary>
    public long From { get; init; }

    /// <summary>Whether predictions of training samples are kept in addition to test samples.</summary>
    public bool KeepsTraining { get; init; }

    /// <summary>Trades of the strategies without models; null = not known yet.</summary>
    public StrategyTrades? Trades { get; private set; }

    /// <summary>Model indices for each market that has a model.</summary>
    public IReadOnlyList<int> Markets { get; }

    /// <summary>Prepares the passes over the bars that all markets share.</summary>
    /// <param name="host">Runs the strategies if a label needs their trades.</param>
    /// <param name="trades">Trades of the strategies without models, if they are already known.</param>
    public async Task OpenAsync(IBatchHost host, StrategyTrades? trades, CancellationToken cancellationToken)
    {
        await KeepFactorsAsync(_plan, _markets, i => _owner[i.Index] is not null, cancellationToken);
        Trades = trades
            ?? await TradesAsync(_plan, _markets, host, i => _owner[i.Index]?.IsOfOneStrategy == true, cancellationToken);
    }

    /// <summary>Returns the trades of strategies without models; null if no strategy is included.</summary>
    /// <param name="host">Runs the strategies.</param>
    public static async Task<StrategyTrades?> TradesAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets,
        IBatchHost host, Func<StrategyInstance, bool> include, CancellationToken cancellationToken)
    {
        if (!plan.Instances.Any(include)) return null;
        await KeepFactorsAsync(plan, markets, include, cancellationToken);
        return await StrategyTrades.RunAsync(plan, markets, host, include, cancellationToken);
    }

    /// <summary>
    /// Prepares the models of a market. One pass builds their tables and computes each factor once. The tables live as long as the models.
    /// </summary>
    /// <param name="market">Index in <see cref="Markets"/>.</param>
    /// <param name="cacheOf">Returns the fit cache of a section in a market.</param>
    public async Task<List<UnitTraining>> MakeAsync(int market, Func<LearningSpec, string, WindowCache> cacheOf,
        CancellationToken cancellationToken)
    {
        var work = _work[market];
        FeatureSet[] sets = [.. work.Where(w => w.Feed.Symbols.Count == 1).Select(w => w.Spec.Features).Distinct()];
        var tables = new Dictionary<FeatureSet, FeatureTable>();
        string? unreadable = null;
        try
        {
            if (sets.Length > 0)
                foreach (var table in await FeaturesAsync(work[0].Feed, _markets, sets, cancellationToken)) tables.Add(table.Set, table);
        }
        catch (InputException e)
        {
            unreadable = e.Message;
        }
        var from = _plan.Spec.Data is { WarmUp: true, From: { } start } ? Math.Max(From, start) : From;
        var units = new List<UnitTraining>();
        foreach (var (spec, feed, strategies) in work)
        {
            var source = new UnitSource(spec.IsOfOneStrategy ? strategies[0].Id : feed.ToString(), [.. strategies.Select(i => i.Index)])
            {
                References = feed.Symbols.Count > 1 ? [] : FeatureBars.ReferencesOf(feed, [spec.Features]),
            };
            var unit = new UnitTraining(spec, source, cacheOf(spec, feed.ToString()), from, (long)_plan.Spec.Seed, KeepsTraining);
            units.Add(unit);
            if (feed.Symbols.Count > 1) unit.Error = "a strategy of several symbols is not judged by a model; leave it out of 'strategies'";
            unit.RunStep(() => unit.Prepare(tables.TryGetValue(spec.Features, out var features) ? features
                : throw new InputException(unreadable!), Trades));
        }
        return units;
    }

    /// <summary>Computes the features of every bar of a one-symbol feed, including features that read other symbols' closes.</summary>
    /// <exception cref="InputException">A feature cannot be computed, or fails the look-ahead check.</exception>
    public static async Task<IReadOnlyList<FeatureTable>> FeaturesAsync(FeedPlan feed, IReadOnlyDictionary<string, OpenedMarket> markets,
        IReadOnlyList<FeatureSet> sets, CancellationToken cancellationToken)
    {
        var bars = await FeatureBars.ReadAsync(feed, FeatureBars.ReferencesOf(feed, sets), markets, cancellationToken);
        var tables = bars.Tables(sets, markets[feed.Symbols[0]].MemoryOf(feed.Timeframe));
        FeatureCausality.Require(bars, sets, tables);
        return tables;
    }

    private List<Work> WorkOf(FeedPlan feed) =>
        [.. feed.Instances.Where(i => _owner[i.Index] is not null).GroupBy(i => _owner[i.Index]!)
            .SelectMany(g => g.Key.IsOfOneStrategy ? g.Select(i => new Work(g.Key, feed, [i])) : [new Work(g.Key, feed, [.. g])])];

    // The strategies whose trades are learned, the features, and the final run pass over the same bars. Each pass reuses the factor columns
    // of the earlier ones.
    private static async Task KeepFactorsAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets,
        Func<StrategyInstance, bool> include, CancellationToken cancellationToken)
    {
        var budget = new FactorBudget(KeptFactors / sizeof(double));
        foreach (var feed in plan.Markets.Where(f => f.Symbols.Count == 1 && f.Instances.Any(include)))
        {
            var market = markets[feed.Symbols[0]];
            if (market.MemoryOf(feed.Timeframe) is not null) continue;
            var bars = market.Series.Count;
            if (feed.Timeframe != market.Series.Timeframe)
            {
                // The number of longer bars depends on the calendar, so it is not known in advance.
                bars = 0;
                await foreach (var block in FeedBlocks.ReadAsync(market.Series, feed.Timeframe, IBarSeries.DefaultBlockSize,
                    cancellationToken)) bars += block.Count;
            }
            market.Keep(feed.Timeframe, bars, budget);
        }
    }
}
