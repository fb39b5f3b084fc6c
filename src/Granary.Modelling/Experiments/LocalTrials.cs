namespace Granary.Modelling.Experiments;

/// <summary>Makes trials on threads of this process.</summary>
public sealed class LocalTrials(int threads) : ITrialHost
{
    /// <inheritdoc/>
    public Task RunAsync(IReadOnlyList<SearchTrial> trials, Func<SearchTrial, CancellationToken, SearchFit> make,
        Action<int, SearchFit> made, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(Enumerable.Range(0, trials.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken }, (i, token) =>
            {
                made(i, make(trials[i], token));
                return ValueTask.CompletedTask;
            });
}
