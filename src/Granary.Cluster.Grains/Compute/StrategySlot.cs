using Granary.Application.Simulation;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// The place of one strategy in its group, owned by the strategy's grain: without it no outcome is reported. If the grain ends early, the
/// next activation takes over the place with the run as it is.
/// </summary>
internal sealed class StrategySlot(StrategyGroup group, int number)
{
    private readonly TaskCompletionSource<StrategyOutcome?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StrategyGrain? _owner;
    private bool _reported;

    public StrategyGroup Group => group;

    /// <summary>The strategy's outcome; null if the group ends without it.</summary>
    public Task<StrategyOutcome?> Ended => _ended.Task;

    /// <summary>Gives the place to a grain.</summary>
    public void Own(StrategyGrain grain)
    {
        lock (_ended) _owner = grain;
    }

    /// <summary>Takes the place from a grain that ends; another activation follows if the outcome is not reported.</summary>
    public void Leave(StrategyGrain grain)
    {
        lock (_ended)
        {
            if (_owner != grain) return;
            _owner = null;
            if (_reported) return;
        }
        group.OwnAgain(number);
    }

    /// <summary>Sends the outcome to the reporting grain, together with others of the group.</summary>
    public void Report(StrategyGrain grain, StrategyOutcome outcome)
    {
        lock (_ended)
        {
            if (_owner != grain || _reported) return;
            _reported = true;
        }
        group.Report(outcome);
    }

    /// <summary>Ends the run.</summary>
    /// <param name="outcome">null if another group runs the strategy from its first bar.</param>
    public void End(StrategyOutcome? outcome) => _ended.TrySetResult(outcome);

    /// <summary>Returns the strategy as it stands; null after the end of the group.</summary>
    public BatchStrategy? Standing => group.StrategyAt(number);

    /// <summary>Stops the strategy before its next block.</summary>
    /// <returns>false after the end of the group.</returns>
    public bool Stop(string reason) => group.StopStrategy(number, reason);
}
