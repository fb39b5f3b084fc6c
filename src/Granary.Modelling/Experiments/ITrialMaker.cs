using Granary.Engine;

namespace Granary.Modelling.Experiments;

/// <summary>
/// Makes trials of one experiment in this process for the process that coordinates it. The batch alone determines the experiment, so each
/// process that takes part prepares its own copy.
/// </summary>
public interface ITrialMaker : IAsyncDisposable
{
    /// <summary>Prepares a trial. Thread-safe.</summary>
    /// <returns>
    /// A function that makes the trial on the calling thread; null if the trial does not belong to this experiment, or if its result would
    /// differ here because the bars or the build are different.
    /// </returns>
    /// <exception cref="InputException">This process cannot use the batch or its data.</exception>
    ValueTask<Func<CancellationToken, SearchFit>?> FindAsync(SearchTrial trial, CancellationToken cancellationToken);
}
