using Granary.Application.Batches;

namespace Granary.Application.Submissions;

/// <summary>Runs one batch from its text to its folder: what <see cref="LocalBatches"/> needs of the in-process host.</summary>
public interface IBatchRunner
{
    /// <param name="folder">An existing folder that takes the run's files.</param>
    /// <param name="progress">Called from any thread, as often as the host likes.</param>
    /// <exception cref="Json.InputException">The batch or its data cannot be used: one sentence.</exception>
    Task<BatchOutcome> RunAsync(BatchSpec spec, string folder, Action<SubmissionProgress> progress,
        CancellationToken cancellationToken = default);
}

/// <param name="Trades">Closed trades of all strategies.</param>
/// <param name="Seconds">From the first bar read to the results being ready.</param>
/// <param name="Failed">Of the strategies, those that failed alone.</param>
public sealed record BatchOutcome(string Digest, long Trades, double Seconds, int Strategies, int Failed);
