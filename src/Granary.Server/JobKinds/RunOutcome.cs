using Granary.Backtesting.Runs;
using Granary.Contracts.Jobs;
using Granary.Reporting.Runs;
using Granary.Server.Jobs;
using Granary.Simulation.Passes;

namespace Granary.Server.JobKinds;

/// <summary>Converts jobs to the options of runs, and results and progress of runs to the form of jobs.</summary>
internal static class RunOutcome
{
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    public static JobOutcome Of(BatchRun run, CancellationToken cancellationToken) => run.Interrupted
        ? throw new OperationCanceledException(cancellationToken)
        : new JobOutcome(run.Model.Digest, run.Trades, run.Model.Seconds, run.Model.Strategies.Count,
            run.Model.Strategies.Count(s => s.Stats is null)
                - (run.Model.Section<ParameterSearchResults>()?.Searches.Sum(s => s.Stopped) ?? 0), run.Model.BarEvaluations);

    /// <summary>Returns the options of a batch that a job runs.</summary>
    public static BatchOptions OptionsOf(JobContext run, JobText text) => new()
    {
        Out = run.Folder,
        Since = text.SubmittedAt,
        Resume = run.Resume,
        Attempt = run.Attempt,
        Threads = run.Threads,
        Leaders = run.Leaders,
        Running = run.Running,
        Portfolio = run.Portfolio,
        WritesEmpty = false,
    };

    /// <summary>Forwards a batch's progress to the job.</summary>
    public static IProgress<BatchProgress> Relay(JobContext run, LeaderBoard? leaders = null) => new Reports<BatchProgress>(p =>
        run.Progress(new JobProgress(p.Strategies, p.StrategiesDone, 0, p.Evaluations, p.Total, p.Stage)
        {
            Load = p.Load,
            Leaders = leaders?.Best(),
        }));

    /// <summary>Forwards progress without numbers of strategies, as a stage in words.</summary>
    /// <param name="leaders">Returns the best candidates so far; null if the job has none.</param>
    public static IProgress<T> Stages<T>(JobContext run, Func<T, string> sentence,
        Func<T, IReadOnlyList<StrategyLeader>?>? leaders = null) =>
        new Reports<T>(p => run.Progress(JobProgress.None with { Stage = sentence(p), Leaders = leaders?.Invoke(p) }));

    // Forwards reports synchronously and in order, unlike Progress.
    private sealed class Reports<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
