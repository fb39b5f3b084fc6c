using Granary.Contracts.Jobs;
using Granary.Modelling.Learning;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Experiments;

/// <summary>Counts the fits of a search and reports its progress.</summary>
/// <param name="total">Maximum number of fits.</param>
internal sealed class SearchProgress(IProgress<TrainingProgress>? progress, int total)
{
    private readonly Lock _lock = new();
    private IReadOnlyList<StrategyLeader>? _leaders;
    private string _current = "";

    public int Done { get; private set; }

    public int Reused { get; private set; }

    public void Step(bool isReused, string current)
    {
        lock (_lock)
        {
            Done++;
            if (isReused) Reused++;
            _current = current;
            Report();
        }
    }

    /// <summary>Reports the best models after a rung has closed.</summary>
    public void Lead(IReadOnlyList<StrategyLeader> leaders)
    {
        lock (_lock)
        {
            _leaders = leaders;
            Report();
        }
    }

    private void Report() => progress?.Report(new TrainingProgress(Done, total, _current) { Leaders = _leaders });
}
