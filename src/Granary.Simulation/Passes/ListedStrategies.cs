using Granary.Engine.Analysis.Metrics;
using Granary.Simulation.Batches;

namespace Granary.Simulation.Passes;

/// <summary>
/// Selects the strategies whose single trades and signals a run's files contain. Unless the batch asks for all, strategies with a weight
/// come first, up to a maximum number of rows: the trades of many thousand strategies would take a gigabyte.
/// </summary>
internal sealed class ListedStrategies
{
    /// <summary>Maximum number of rows of trades.csv and signals.csv together: about 50 MB including factors.csv.</summary>
    public const int MostRows = 150_000;

    private ListedStrategies(IReadOnlySet<int> trades, IReadOnlySet<int> signals) => (Trades, Signals) = (trades, signals);

    /// <summary>Indices of the strategies in trades.csv.</summary>
    public IReadOnlySet<int> Trades { get; }

    /// <summary>Indices of the strategies in signals.csv and factors.csv.</summary>
    public IReadOnlySet<int> Signals { get; }

    /// <summary>No strategy, because the events of none are known.</summary>
    public static ListedStrategies None { get; } = new(new HashSet<int>(), new HashSet<int>());

    /// <param name="outcomes">Outcomes by strategy index; strategies without metrics are never listed.</param>
    /// <param name="members">By strategy index: nonzero if the strategy has a weight at any time.</param>
    public static ListedStrategies Of(OutputSet outputs, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        IReadOnlyList<double> members, int mostRows = MostRows)
    {
        var finished = outcomes.Values.Where(o => o.Statistics is not null).ToList();
        var all = finished.Select(s => s.Index).ToHashSet();
        if (outputs.OfAllStrategies) return new ListedStrategies(all, all);
        // If no strategy has a weight, none has priority.
        var none = !finished.Exists(s => members[s.Index] != 0);
        bool HasSignals(int strategy) => none || members[strategy] != 0;
        var ordered = finished.OrderByDescending(s => Math.Abs(members[s.Index]))
            .ThenByDescending(s => s.Statistics!.RankOf(RatioMetrics.Sharpe)).ThenBy(s => s.Index);
        var listed = new HashSet<int>();
        long rows = 0;
        foreach (var strategy in ordered)
        {
            rows += strategy.Opened + (HasSignals(strategy.Index) ? strategy.Signals : 0);
            if (rows > mostRows && listed.Count > 0) break;
            listed.Add(strategy.Index);
        }
        return new ListedStrategies(listed, listed.Where(HasSignals).ToHashSet());
    }
}
