using Granary.Application.Batches;
using Granary.Application.Runs;
using Granary.Application.Simulation;
using Granary.Application.Validation;

namespace Granary.Application.Submissions;

/// <summary>Runs submitted batches by <see cref="BatchRunner"/> over any <see cref="IBatchHost"/>.</summary>
/// <param name="ledger">Counts what is tried; null counts each batch's alone.</param>
public sealed class HostedRunner(IBatchHost host, TimeProvider clock, int threads, TrialLedger? ledger = null) : IBatchRunner
{
    // BatchRunner calls from one thread at a time, so no lock is needed here
    private sealed class Relay(Action<SubmissionProgress> to) : IProgress<BatchProgress>
    {
        public void Report(BatchProgress value) =>
            to(new SubmissionProgress(value.Strategies, value.StrategiesDone, 0, value.Evaluations, value.Total, value.Stage));
    }

    public async Task<BatchOutcome> RunAsync(BatchSpec spec, string folder, Action<SubmissionProgress> progress,
        CancellationToken cancellationToken = default)
    {
        var run = await new BatchRunner(host, clock, ledger: ledger).RunAsync(spec, new BatchOptions { Out = folder, Threads = threads },
            new Relay(progress), cancellationToken).ConfigureAwait(false);
        if (run.Interrupted) throw new OperationCanceledException(cancellationToken);
        return new BatchOutcome(run.Model.Digest, run.Trades, run.Model.Seconds, run.Model.Strategies.Count,
            run.Model.Strategies.Count(s => s.Stats is null));
    }
}
