namespace Granary.Modelling.Experiments;

/// <summary>Makes the trials of a search: in this process, or on silos. Each trial has the same result everywhere, to the bit.</summary>
public interface ITrialHost
{
    /// <summary>Makes trials, several at a time and in any order.</summary>
    /// <param name="make">Makes one in this process; may be called from several threads.</param>
    /// <param name="made">Takes the result of the trial with this place in the list, once; called from any thread.</param>
    /// <exception cref="OperationCanceledException">What was made by then was passed on.</exception>
    Task RunAsync(IReadOnlyList<SearchTrial> trials, Func<SearchTrial, CancellationToken, SearchFit> make, Action<int, SearchFit> made,
        CancellationToken cancellationToken);
}
