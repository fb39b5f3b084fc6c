using Granary.Engine.Analysis;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Simulation.Validation;

/// <summary>
/// The trials of a run on the bars of a batch: strategies of grids, points of searches, and models of experiments. It is the only way of a
/// run's trials to the ledger.
/// </summary>
internal sealed class RunTrials
{
    private readonly BatchPlan _plan;
    private readonly IReadOnlyDictionary<string, string> _hashes;
    private readonly ulong _costs;
    private readonly Dictionary<int, string> _dataSets;
    private readonly Dictionary<int, string> _around = [];
    private readonly Dictionary<string, IReadOnlyList<Trial>> _trials = new(StringComparer.Ordinal);

    private TriedPortfolio? _portfolio;

    /// <param name="hashes">Hashes of the bars, by symbol.</param>
    /// <param name="isExperiment">Whether each model is a trial of its own, instead of the section <c>learning</c>.</param>
    public RunTrials(BatchPlan plan, IReadOnlyDictionary<string, string> hashes, bool isExperiment = false)
    {
        (_plan, _hashes, _costs) = (plan, hashes, CostsOf(plan.Spec.Execution));
        foreach (var feed in plan.Feeds)
        {
            var around = TrialIdentity.Around(plan.Spec, feed.Symbols, !isExperiment);
            foreach (var instance in feed.Instances) _around[instance.Index] = around;
        }
        _dataSets = plan.Feeds.SelectMany(f => f.Instances.Select(i => (i.Index, DataSet: DataSetOf(f, hashes))))
            .ToDictionary(f => f.Index, f => f.DataSet);
    }

    // Sample orders do not show all of measured costs: their sides, hours and venues.
    private static ulong CostsOf(ExecutionSpec execution) => TrialIdentity.CostsOf(execution.Settings)
        ^ (execution.Costs is { } costs ? (ulong)TrialLedger.HashOf($"{costs.Hash} {costs.At}") : 0);

    /// <summary>Returns the hashes of the bars of markets.</summary>
    public static IReadOnlyDictionary<string, string> HashesOf(IReadOnlyDictionary<string, OpenedMarket> markets) =>
        markets.ToDictionary(m => m.Key, m => m.Value.Series.ContentHash, StringComparer.Ordinal);

    /// <summary>The trials by data set.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Trial>> ByDataSet => _trials;

    /// <summary>Returns the data set of a strategy, which is the hash of its bars.</summary>
    public string DataSetOf(int strategy) => _dataSets[strategy];

    /// <summary>Returns the hash of a strategy with a model, as the ledger has it.</summary>
    /// <param name="model">Text of the model without its version; null without a model.</param>
    public UInt128 CombinationOf(int strategy, string? model) =>
        TrialLedger.HashOf(TrialIdentity.Text(_plan.Instances[strategy], model) + '|' + _around[strategy]);

    /// <summary>Adds a trial of a strategy.</summary>
    /// <param name="dailySharpe">See <see cref="Trial"/>.</param>
    /// <param name="share">Effective number of independent trials divided by their number. A trial that never moved has none.</param>
    public void Add(int strategy, UInt128 combination, double dailySharpe, double share) =>
        On(_dataSets[strategy]).Add(new Trial(combination, _costs, TrialIdentity.IdeaOf(_plan.Instances[strategy]), dailySharpe,
            double.IsNaN(dailySharpe) ? 0 : share));

    /// <summary>Adds the portfolio.</summary>
    /// <param name="trace">Its equity.</param>
    /// <param name="weights">Its last weights, by strategy.</param>
    /// <param name="end">Time at which its last bar closes, UTC ticks.</param>
    /// <param name="members">See <see cref="TriedPortfolio.Members"/>.</param>
    /// <param name="markets">Opened markets by symbol.</param>
    public async Task AddPortfolioAsync(EquityTrace trace, IEnumerable<(string Strategy, double Weight)> weights, long end,
        IReadOnlyList<TriedMember> members, IReadOnlyDictionary<string, OpenedMarket> markets,
        CancellationToken cancellationToken = default)
    {
        List<string> symbols = [.. _plan.Feeds.SelectMany(f => f.Symbols).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var parts = new List<BarSketch>();
        foreach (var symbol in symbols) parts.Add(await BarSketch.OfAsync(markets[symbol].Series, cancellationToken));
        _portfolio = new TriedPortfolio(symbols.Count == 1 ? _hashes[symbols[0]] : RunFolder.HashOf(symbols.Select(s => _hashes[s])),
            BarSketch.Join(parts), trace, TriedPortfolio.WeightsOf(weights), end, _plan.Spec.Portfolio.ChosenBefore)
        { Members = members };
    }

    /// <summary>Counts the trials on the bars of a strategy, also if this run adds none there.</summary>
    public void Include(int strategy) => On(_dataSets[strategy]);

    private List<Trial> On(string dataSet)
    {
        if (!_trials.TryGetValue(dataSet, out var list)) _trials.Add(dataSet, list = new List<Trial>());
        return (List<Trial>)list;
    }

    /// <summary>Records the trials in a ledger and returns all trials on these bars.</summary>
    /// <exception cref="IOException">The ledger cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write to the ledger.</exception>
    public async Task<TrialCensus> RecordAsync(TrialLedger ledger, IReadOnlyDictionary<string, OpenedMarket> markets,
        CancellationToken cancellationToken = default) =>
        await ledger.RecordAsync(_trials, await SketchAsync(markets, cancellationToken), _portfolio, cancellationToken);

    /// <summary>
    /// Records the trials in a ledger and returns all trials on these bars. If that fails, returns the trials of this run alone.
    /// </summary>
    public async Task<TrialCensus> CountAsync(TrialLedger ledger, IReadOnlyDictionary<string, OpenedMarket> markets,
        CancellationToken cancellationToken = default) => await TrialLedger.CountAsync(ledger, _trials,
        ledger.IsNone ? null : await SketchAsync(markets, cancellationToken), _portfolio, cancellationToken);

    // Sketches of the data sets, by which the ledger finds those with mostly the same bars.
    private async Task<IReadOnlyDictionary<string, BarSketch>> SketchAsync(IReadOnlyDictionary<string, OpenedMarket> markets,
        CancellationToken cancellationToken)
    {
        var hashes = HashesOf(markets);
        var bySymbol = new Dictionary<string, BarSketch>(StringComparer.Ordinal);
        foreach (var symbol in _plan.Feeds.SelectMany(f => f.Symbols).Distinct(StringComparer.Ordinal))
            bySymbol[symbol] = await BarSketch.OfAsync(markets[symbol].Series, cancellationToken);
        var sketches = new Dictionary<string, BarSketch>(StringComparer.Ordinal);
        foreach (var feed in _plan.Feeds) sketches[DataSetOf(feed, hashes)] = BarSketch.Join([.. feed.Symbols.Select(s => bySymbol[s])]);
        return sketches;
    }

    private static string DataSetOf(FeedPlan feed, IReadOnlyDictionary<string, string> hashes) =>
        feed.Symbols.Count == 1 ? hashes[feed.Symbols[0]] : RunFolder.HashOf(feed.Symbols.Select(s => hashes[s]));
}
