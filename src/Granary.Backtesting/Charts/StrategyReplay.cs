using System.Globalization;
using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Market;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Feeds;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Charts;

/// <summary>
/// Details of a strategy that a run's files do not have: the moved and trailing stops of its trades, and its equity at each bar. The
/// strategy is run again over the run's bars for them.
/// </summary>
internal sealed class StrategyReplay
{
    private IReadOnlyList<string> _symbols = [];
    private LevelRecorder _levels = new();

    private StrategyReplay()
    {
    }

    /// <summary>Why there is nothing, one sentence; null if there is.</summary>
    public string? Missing { get; private init; }

    /// <summary>The equity of the strategy's own account at the close of each bar; null if <see cref="Missing"/> says why.</summary>
    public EquityCurve? Equity { get; private init; }

    /// <summary>
    /// The value of buying and holding the strategy's symbols in equal parts with its cash, one for each point of the equity.
    /// </summary>
    public IReadOnlyList<double> Hold { get; private init; } = [];

    /// <summary>
    /// Returns the levels of the strategy's trades in one of its symbols, by bar; null if <see cref="Missing"/> says why.
    /// </summary>
    /// <param name="bars">All bars of the strategy's feed, oldest first.</param>
    internal (double[] Stops, double[] Targets)? LevelsOf(string symbol, IReadOnlyList<Bar> bars) =>
        _symbols.ToList().IndexOf(symbol) is >= 0 and var index ? _levels.Over(index, bars) : null;

    /// <summary>A strategy that cannot be run again.</summary>
    internal static StrategyReplay Not(string why) => new() { Missing = why };

    /// <summary>Runs a strategy of a run again.</summary>
    /// <param name="runFolder">The run's folder.</param>
    /// <param name="spec">The run's batch, with its strategies.</param>
    /// <param name="strategy">The strategy's id.</param>
    /// <param name="rows">Finds the rows of the strategy in trades.csv.</param>
    internal static async Task<StrategyReplay> RunAsync(string runFolder, BatchSpec spec, string strategy, RowIndexes rows,
        CancellationToken cancellationToken)
    {
        var trades = Path.Combine(runFolder, "trades.csv");
        if (!File.Exists(trades)) return Not("The run has no trades.csv.");
        StrategyInstance? instance = null;
        var opening = new BatchOpening
        {
            Threads = Environment.ProcessorCount,
            Yes = true,
            WithSearches = spec.HasSearch,
            Searched = spec.HasSearch ? SearchesOf(runFolder) : null,
            Planned = plan =>
            {
                instance = plan.Instances.FirstOrDefault(i => i.Id == strategy);
                return instance is null ? plan.Where(static _ => false) : Traced(plan.Alone(instance));
            },
        };
        await using var opened = await OpenedBatch.OpenAsync(spec, opening, cancellationToken).ConfigureAwait(false);
        if (instance is null || RecordedRuns.IsRecorded(instance)) return Not("The strategy cannot be run again.");
        var levels = new LevelRecorder();
        var host = new EmbeddedHost(threads: 1) { ListenerOf = (_, _) => levels };
        var pass = new StrategyPass(opened.Plan, opened.Markets) { Include = i => i.Index == instance.Index };
        var outcome = (await pass.OutcomesAsync(host, cancellationToken).ConfigureAwait(false))[instance.Index];
        if (outcome.Error is { } error) return Not($"The strategy failed when it was run again: {error}.");
        if (!EntriesOf(trades, strategy, rows).SequenceEqual(levels.Entries.Order()))
            return Not("Run again, the strategy makes other trades: a model acts on its signals, or its bars or its code have changed.");
        var equity = outcome.Trace is null ? null : await EquityAsync(outcome.Trace, opened, instance, cancellationToken)
            .ConfigureAwait(false);
        return new StrategyReplay
        {
            Missing = equity is null ? "The strategy has no bars." : null,
            _symbols = [.. instance.Symbols],
            _levels = levels,
            Equity = equity,
            Hold = equity is null ? [] : await BenchmarkCurve.HoldAsync(equity,
                opened.Markets.Where(m => instance.Symbols.Contains(m.Key)).ToDictionary(StringComparer.Ordinal), spec.Data.From ?? 0,
                instance.Timeframe.Ticks, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Runs a strategy of a batch again.</summary>
    /// <param name="searches">The searches of its run; null if it had none.</param>
    /// <returns>The equity of its own account at the close of each bar, without the models of a learning section.</returns>
    /// <exception cref="InputException">It cannot be run again, or fails.</exception>
    public static async Task<EquityCurve> EquityOfAsync(BatchSpec spec, ParameterSearchResults? searches, string strategy,
        CancellationToken cancellationToken)
    {
        StrategyInstance? instance = null;
        var opening = new BatchOpening
        {
            Threads = Environment.ProcessorCount,
            Yes = true,
            WithSearches = spec.HasSearch,
            Searched = searches,
            Planned = plan =>
            {
                instance = plan.Instances.FirstOrDefault(i => i.Id == strategy);
                return instance is null ? plan.Where(static _ => false) : Traced(plan.Alone(instance));
            },
        };
        await using var opened = await OpenedBatch.OpenAsync(spec, opening, cancellationToken).ConfigureAwait(false);
        if (instance is null || RecordedRuns.IsRecorded(instance)) throw new InputException($"{strategy} cannot be run again");
        var pass = new StrategyPass(opened.Plan, opened.Markets) { Include = i => i.Index == instance.Index };
        var outcomes = await pass.OutcomesAsync(new EmbeddedHost(threads: 1), cancellationToken).ConfigureAwait(false);
        var outcome = outcomes[instance.Index];
        if (outcome.Error is { } error) throw new InputException($"{strategy} failed when it was run again: {error}");
        return outcome.Trace is null ? new EquityCurve([], [])
            : await EquityAsync(outcome.Trace, opened, instance, cancellationToken).ConfigureAwait(false);
    }

    // Null for a run whose searches chose in windows.
    internal static ParameterSearchResults? SearchesOf(string runFolder)
    {
        var path = Path.Combine(runFolder, "results.json");
        if (!File.Exists(path)) return null;
        using var results = JsonDocument.Parse(File.ReadAllBytes(path));
        return results.RootElement.TryGetProperty(ParameterSearchResults.Key, out var searches)
            ? ResultSection.Read<ParameterSearchResults>(searches.GetRawText()) : null;
    }

    // A trace with a period as long as a bar has the equity at the close of each bar.
    private static BatchPlan Traced(BatchPlan plan) =>
        plan with { Feeds = [.. plan.Feeds.Select(f => f with { TracePeriod = f.Timeframe.Ticks })] };

    private static async Task<EquityCurve> EquityAsync(EquityTrace trace, OpenedBatch opened, StrategyInstance instance,
        CancellationToken cancellationToken)
    {
        var times = new SortedSet<long>();
        foreach (var symbol in instance.Symbols)
            await foreach (var block in FeedBlocks.ReadAsync(opened.Markets[symbol].Series, instance.Timeframe, 1024, cancellationToken)
                .ConfigureAwait(false))
                for (var i = 0; i < block.Count; i++)
                    if (block.Time[i] >= instance.Trading.TradeFrom && block.Time[i] / trace.PeriodTicks >= trace.FirstPeriod)
                        times.Add(block.Time[i]);
        return new EquityCurve([.. times], [.. times.Select(t => trace.EquityAt(t / trace.PeriodTicks))]);
    }

    private static IEnumerable<long> EntriesOf(string trades, string strategy, RowIndexes rows) =>
        new RowQuery(int.MaxValue, strategy).Of(trades, indexes: rows).Items.Select(row => DateTime.Parse((string)row["entryTime"]!,
            CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal).Ticks).Order();
}
