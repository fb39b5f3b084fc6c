using Granary.Simulation.Batches;

namespace Granary.Backtesting.WalkForward;

/// <summary>The combinations that the searches tried in any window, each once, as strategies of a plan.</summary>
internal sealed class WindowTrials
{
    private readonly Dictionary<PlannedTrial, int> _strategies = new(TrialComparer.Instance);

    /// <param name="choices">The choices by window, then by group.</param>
    public WindowTrials(BatchPlan plan, IEnumerable<GroupChoice> choices)
    {
        var trials = new List<PlannedTrial>();
        foreach (var trial in choices.SelectMany(c => c.Tried))
            if (_strategies.TryAdd(trial, plan.Instances.Count + trials.Count))
                trials.Add(trial);
        Plan = trials.Count == 0 ? plan : plan.With(trials);
    }

    /// <summary>The plan with these strategies.</summary>
    public BatchPlan Plan { get; }

    /// <summary>Returns the index of the strategy that was chosen; −1 if none was.</summary>
    public int StrategyOf(GroupChoice choice) => choice.Trial is { } trial ? _strategies[trial] : choice.Strategy;

    private sealed class TrialComparer : IEqualityComparer<PlannedTrial>
    {
        public static TrialComparer Instance { get; } = new();

        public bool Equals(PlannedTrial? x, PlannedTrial? y) => x!.Search == y!.Search && x.Point.SequenceEqual(y.Point);

        public int GetHashCode(PlannedTrial obj)
        {
            var hash = default(HashCode);
            hash.Add(obj.Search);
            foreach (var value in obj.Point) hash.Add(value);
            return hash.ToHashCode();
        }
    }
}
