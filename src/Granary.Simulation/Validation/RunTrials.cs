using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Simulation.Validation;

/// <summary>
/// What a run tried on the bars of a batch: strategies of grids, points of searches, and models of experiments. It is the only way of a
/// run's trials to the ledger.
/// </summary>
public sealed class RunTrials
{
    private readonly BatchPlan _plan;
    private readonly ulong _costs;
    private readonly Dictionary<int, string> _dataSets;
    private readonly Dictionary<string, IReadOnlyList<Trial>> _trials = new(StringComparer.Ordinal);

    /// <param name="hashes">Hashes of the bars, by symbol.</param>
    public RunTrials(BatchPlan plan, IReadOnlyDictionary<string, string> hashes)
    {
        (_plan, _costs) = (plan, CostsOf(plan.Spec.Execution));
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
        TrialLedger.HashOf(TrialIdentity.Text(_plan.Instances[strategy], model, _plan.Spec.Execution.Settings));

    /// <summary>Adds a trial.</summary>
    /// <param name="dailySharpe">See <see cref="Trial"/>.</param>
    /// <param name="share">Effective number of independent trials divided by their number. A trial that never moved has none.</param>
    public void Add(string dataSet, UInt128 combination, double dailySharpe, double share) =>
        On(dataSet).Add(new Trial(combination, _costs, dailySharpe, double.IsNaN(dailySharpe) ? 0 : share));

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
        await ledger.RecordAsync(_trials, await SketchAsync(markets, cancellationToken), cancellationToken);

    /// <summary>
    /// Records the trials in a ledger and returns all trials on these bars. If that fails, returns the trials of this run alone.
    /// </summary>
    /// <param name="ledger">Null if no ledger is used.</param>
    public async Task<TrialCensus> CountAsync(TrialLedger? ledger, IReadOnlyDictionary<string, OpenedMarket> markets,
        CancellationToken cancellationToken = default) => await TrialLedger.CountAsync(ledger, _trials,
        ledger is null ? null : await SketchAsync(markets, cancellationToken), cancellationToken);

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
