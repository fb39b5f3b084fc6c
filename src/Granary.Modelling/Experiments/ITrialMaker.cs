using Granary.Simulation.Json;

namespace Granary.Modelling.Experiments;

/// <summary>
/// Makes trials of one experiment in this process for the process that runs it. It follows from the batch alone, so each process that
/// takes part prepares its own.
/// </summary>
public interface ITrialMaker : IAsyncDisposable
{
    /// <summary>Prepares a trial. Safe to call from several threads.</summary>
    /// <returns>
    /// What makes the trial, on the thread that calls it; null where the trial is none of this experiment, or would have another result
    /// here, since the bars or the program are others.
    /// </returns>
    /// <exception cref="InputException">The batch or its data cannot be used here.</exception>
    ValueTask<Func<CancellationToken, SearchFit>?> FindAsync(SearchTrial trial, CancellationToken cancellationToken);
}
