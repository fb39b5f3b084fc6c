using System.Diagnostics;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Granary.Simulation.Telemetry;

namespace Granary.Server.Jobs;

/// <summary>Runs single jobs of <see cref="LocalJobs"/> from their start to their stored end.</summary>
internal sealed class LocalRun(IJobRunner host, JobCatalogue kinds, JobTable table, JobStates states, JobFolders folders,
    TimeProvider clock, JobFaultHandlers handlers)
{
    // A process that ends twice in the work on a job would end a third time.
    private const int MostDeaths = 2;

    /// <summary>Runs a job that waits; does nothing if it was cancelled.</summary>
    /// <param name="stopping">Stops the job without an end, so the next start of the process continues it.</param>
    public async Task RunAsync(JobEntry entry, CancellationToken stopping)
    {
        Func<JobStatus, JobStatus> end;
        StuckStrategyException? stuck = null;
        try
        {
            if (!await BeginAsync(entry).ConfigureAwait(false)) return;
            end = await WorkAsync(entry, stopping).ConfigureAwait(false);
        }
        catch (Exception) when (stopping.IsCancellationRequested && !entry.Cancel.IsCancellationRequested)
        {
            return; // stays "running" on disk, so that the next start continues it; the end of the process may have caused the fault
        }
        catch (OperationCanceledException) when (entry.Cancel.IsCancellationRequested)
        {
            end = s => s with { State = JobState.Cancelled };
        }
        catch (Exception e)
        {
            stuck = e as StuckStrategyException;
            end = Failed(entry, e);
        }
        finally
        {
            folders.Leave(entry.Id);
        }
        // No other job starts before its end is stored: the folder of that job would fail too.
        if (await states.EndAsync(entry, s => end(s) with { FinishedAt = clock.GetUtcNow() }, stopping).ConfigureAwait(false))
            JobMetrics.Ended(entry.Status);
        if (stuck is not null) handlers.ThreadLost?.Invoke(entry.Id, stuck);
    }

    private async Task<bool> BeginAsync(JobEntry entry)
    {
        var begun = false;
        entry.Resumed = -1;
        await states.ChangeAsync(entry, s =>
        {
            begun = s.State is JobState.Queued or JobState.Running;
            return begun ? s with { State = JobState.Running, StartedAt = clock.GetUtcNow(), Progress = JobProgress.None } : s;
        }).ConfigureAwait(false);
        return begun;
    }

    // Returns the status of its end.
    private async Task<Func<JobStatus, JobStatus>> WorkAsync(JobEntry entry, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping, entry.Cancel.Token);
        entry.Deaths = folders.DeathsOf(entry.Id);
        if (entry.Deaths >= MostDeaths) throw new DeadlyJobException($"the server's process ended {entry.Deaths} times");
        folders.Enter(entry.Id);
        var submitted = folders.Read(entry.Id);
        using var span = GranaryInstruments.Traces.StartActivity("job", ActivityKind.Internal, submitted.Trace);
        span?.SetTag(GranaryInstruments.Run, entry.Id).SetTag(GranaryInstruments.Kind, entry.Status.Kind);
        var outcome = await OutcomeAsync(entry, submitted, stop.Token).ConfigureAwait(false);
        var files = folders.FilesOf(entry.Id);
        GranaryInstruments.StrategiesFailed.Add(outcome.Failed);
        JobMetrics.Describe(span, Done(entry.Status));
        return Done;

        JobStatus Done(JobStatus s) => s with
        {
            State = JobState.Done,
            Digest = outcome.Digest,
            Trades = outcome.Trades,
            Seconds = outcome.Seconds,
            Files = files,
            Progress = s.Progress with
            {
                Strategies = outcome.Strategies,
                Done = outcome.Strategies,
                Failed = outcome.Failed,
                Bars = outcome.Evaluations ?? s.Progress.Bars,
                BarsTotal = outcome.Evaluations ?? s.Progress.BarsTotal,
            },
        };
    }

    private async Task<JobOutcome> OutcomeAsync(JobEntry entry, SubmittedJob submitted, CancellationToken cancellationToken)
    {
        var job = kinds.Read(submitted.ToText() with { SubmittedAt = entry.Status.SubmittedAt });
        Task<JobOutcome> Attempt(bool resumes) =>
            host.RunAsync(job, folders.Of(entry.Id), resumes, p => Report(entry, p), cancellationToken);
        try
        {
            return await Attempt(entry.Resumes).ConfigureAwait(false);
        }
        catch (OtherRunException) when (entry.IsRecovered)
        {
            // Its bars have changed since the last process, so that what was finished is of no use.
            return await Attempt(resumes: false).ConfigureAwait(false);
        }
    }

    private void Report(JobEntry entry, JobProgress progress)
    {
        long bars = 0, ended = 0;
        table.Change(entry, s =>
        {
            if (s.State != JobState.Running || progress.Done < s.Progress.Done) return s;
            (bars, ended) = (progress.Bars - s.Progress.Bars, progress.Done - s.Progress.Done);
            return s with { Progress = progress };
        });
        // The first report counts the strategies that an earlier process had finished.
        if (entry.Resumed < 0) entry.Resumed = progress.Done;
        else if (entry.Deaths > 0 && progress.Done > entry.Resumed)
        {
            entry.Deaths = 0;
            folders.ForgetDeaths(entry.Id);
        }
        if (bars > 0) GranaryInstruments.Bars.Add(bars);
        if (ended > 0) GranaryInstruments.StrategiesEnded.Add(ended);
    }

    private Func<JobStatus, JobStatus> Failed(JobEntry entry, Exception e)
    {
        e = DiskException.OfJob(e, folders.Runs);
        var wrongInput = e is InputException or BarDataException;
        if (!wrongInput && e is not (BarStoreException or DiskException or ServiceUnavailableException or StuckStrategyException
            or DeadlyJobException))
            handlers.Failed?.Invoke(entry.Id, e);
        return s => s with { State = JobState.Failed, Fault = kinds.Shown(e.Message), WrongInput = wrongInput };
    }
}
