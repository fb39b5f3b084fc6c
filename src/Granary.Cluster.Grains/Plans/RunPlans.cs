using Granary.Cluster.Batches;
using Granary.Engine;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Storage.Retries;
using Polly;

namespace Granary.Cluster.Grains.Plans;

/// <summary>
/// The jobs of the runs that this silo works for, and the plans of their batches. A silo reads the text of a job once for all its grains
/// and strategy groups. Plans are pure functions of the text and the symbols, so each silo makes its own.
/// </summary>
internal sealed class RunPlans(IGrainFactory grains, JobCatalogue kinds, TimeProvider clock)
{
    private const int Most = 16;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly ResiliencePipeline _lostCalls = RetryPolicies.LostCall(LostCall.Is, clock: clock);

    private readonly RecentTasks<Job> _jobs = new(Most);
    private readonly RecentTasks<GrownPlan> _plans = new(Most);

    /// <exception cref="RunEndedException">There is no such run.</exception>
    /// <exception cref="InputException">The job names something that this silo does not have.</exception>
    public Task<Job> JobAsync(string run) => _jobs.GetOrMake(run, async () =>
    {
        var batch = (await DefineAsync(run)).Batch;
        return kinds.Read(new JobText(batch.Kind, batch.Text, batch.File, batch.Folder) { SubmittedAt = batch.SubmittedAt });
    });

    /// <inheritdoc cref="JobAsync"/>
    /// <param name="trials">
    /// The trials of its searches up to now; null without a search. The plan may have later ones too, after these.
    /// </param>
    public async Task<BatchPlan> GetAsync(string run, IReadOnlyList<PassTrial>? trials = null)
    {
        var plan = await _plans.GetOrMake(run, async () => new GrownPlan(await MakeAsync(run)));
        return plan.With(trials ?? []);
    }

    private async Task<BatchPlan> MakeAsync(string run)
    {
        // The text of another job than a backtest has the batch within it.
        var spec = (await JobAsync(run)).SpreadBatch ?? throw new InvalidOperationException($"run {run} has no batch to spread");
        for (var attempt = 0; attempt < 100; attempt++, await Task.Delay(s_pause, clock))
            if ((await DefineAsync(run)).Symbols is { } symbols) return BatchPlan.MakeSearched(spec, symbols);
        throw new TimeoutException($"the symbols of run {run} were not announced within 10 s");
    }

    // Trials are only added, in the same order on all silos.
    private sealed class GrownPlan(BatchPlan plan)
    {
        private readonly Lock _lock = new();
        private BatchPlan _plan = plan;

        public BatchPlan With(IReadOnlyList<PassTrial> trials)
        {
            lock (_lock)
            {
                if (trials.Count > _plan.Trials.Count)
                    _plan = _plan.With([.. trials.Skip(_plan.Trials.Count).Select(t => new PlannedTrial(t.Search, t.Point))]);
                return _plan;
            }
        }
    }

    /// <summary>Makes the next attempt of a run read its text again, because files that it names may have changed.</summary>
    public void Forget(string run)
    {
        _jobs.Forget(run);
        _plans.Forget(run);
    }

    private async Task<RunDefinition> DefineAsync(string run) =>
        await _lostCalls.RunAsync(stop => grains.GetGrain<IJobGrain>(run).DefineAsync(stop), CancellationToken.None)
            ?? throw new RunEndedException(run);
}

/// <summary>Thrown when the run is over, so its results are not needed.</summary>
internal sealed class RunEndedException(string run) : Exception($"run {run} is over");
