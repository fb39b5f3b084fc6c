using Granary.Backtesting.Runs;
using Granary.Contracts.Jobs;
using Granary.Server.Jobs;
using Granary.Simulation.Passes;

namespace Granary.Server.JobKinds;

/// <summary>Between a run and the job that made it.</summary>
internal static class RunOutcome
{
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    public static JobOutcome Of(BatchRun run, CancellationToken cancellationToken) => run.Interrupted
        ? throw new OperationCanceledException(cancellationToken)
        : new JobOutcome(run.Model.Digest, run.Trades, run.Model.Seconds, run.Model.Strategies.Count,
            run.Model.Strategies.Count(s => s.Stats is null));

    /// <summary>Gives a batch's progress to the job.</summary>
    public static IProgress<BatchProgress> Relay(JobRun run, LeaderBoard? leaders = null) => new Reports<BatchProgress>(p =>
        run.Progress(new JobProgress(p.Strategies, p.StrategiesDone, 0, p.Evaluations, p.Total, p.Stage)
        {
            Load = p.Load,
            Leaders = leaders?.Best(),
        }));

    /// <summary>Progress that has no numbers of strategies: a stage in words.</summary>
    /// <param name="leaders">The best of what is tried so far; null where the job has none.</param>
    public static IProgress<T> Stages<T>(JobRun run, Func<T, string> sentence, Func<T, IReadOnlyList<StrategyLeader>?>? leaders = null) =>
        new Reports<T>(p => run.Progress(JobProgress.None with { Stage = sentence(p), Leaders = leaders?.Invoke(p) }));

    // Reports at once, and in order.
    private sealed class Reports<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
