namespace Granary.Modelling.Experiments;

/// <summary>Makes the trials of a search in this process or on silos. A trial's result is bit-identical in both.</summary>
public interface ITrialHost
{
    /// <summary>Makes trials in parallel and in any order.</summary>
    /// <param name="make">Makes one trial in this process; the host may call it from several threads.</param>
    /// <param name="made">Called once per trial with its index in the list and its result, from any thread.</param>
    /// <exception cref="OperationCanceledException">The host had already passed on the results of finished trials.</exception>
    Task RunAsync(IReadOnlyList<SearchTrial> trials, Func<SearchTrial, CancellationToken, SearchFit> make, Action<int, SearchFit> made,
        CancellationToken cancellationToken);
}
