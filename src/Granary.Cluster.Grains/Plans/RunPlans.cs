using Granary.Cluster.Batches;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;

namespace Granary.Cluster.Grains.Plans;

/// <summary>
/// Plans of the runs on this silo. A plan is a pure function of the batch's text and symbols, so each silo makes its own.
/// </summary>
public sealed class RunPlans(IGrainFactory grains, JobCatalogue kinds)
{
    private const int Most = 16;

    private readonly Lock _lock = new();
    private readonly List<(string Run, Task<BatchPlan> Plan)> _plans = [];

    /// <exception cref="RunEndedException">There is no such run.</exception>
    public Task<BatchPlan> GetAsync(string run)
    {
        lock (_lock)
        {
            var at = _plans.FindIndex(p => p.Run == run);
            if (at >= 0 && !_plans[at].Plan.IsFaulted && !_plans[at].Plan.IsCanceled)
            {
                var known = _plans[at];
                _plans.RemoveAt(at);
                _plans.Add(known);
                return known.Plan;
            }
            if (at >= 0) _plans.RemoveAt(at);
            var plan = Task.Run(() => MakeAsync(run));
            _plans.Add((run, plan));
            if (_plans.Count > Most) _plans.RemoveAt(0);
            return plan;
        }
    }

    private async Task<BatchPlan> MakeAsync(string run)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var definition = await grains.GetGrain<IBatchGrain>(run).DefineAsync() ?? throw new RunEndedException(run);
                if (definition.Symbols is { } symbols)
                {
                    var batch = definition.Batch;
                    // The text of a replay has the batch within it.
                    var job = kinds.Read(new JobText(batch.Kind, batch.Text, batch.File, batch.Folder));
                    return BatchPlan.Make(((BacktestJob)job).Spec, symbols);
                }
            }
            catch (Exception e) when (Loss.Is(e) && attempt < 50)
            {
            }
            if (attempt > 100) throw new TimeoutException($"the symbols of run {run} were not announced within 10 s");
            await Task.Delay(100);
        }
    }
}

/// <summary>Thrown when the run is over, so that its results are not needed.</summary>
public sealed class RunEndedException(string run) : Exception($"run {run} is over");
