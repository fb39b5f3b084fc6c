using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Compute;
using Granary.Modelling.Experiments;
using Granary.Server.Operations;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Batches;

/// <summary>
/// Distributes the trials of an experiment over the silos. A silo runs as many at a time as it has compute threads. If a silo is lost or
/// does not answer in time, another one repeats its trials. The result does not depend on the silo, and the first one counts.
/// </summary>
/// <param name="run">Id of the experiment's run.</param>
/// <param name="compute">Compute threads of this process's silo, whose trials need no call.</param>
internal sealed partial class ClusterTrials(string run, SiloCompute compute, GrainSettings settings, TimeProvider clock, ILogger logger)
    : ITrialHost
{
    // Silos with other bars or another version of the program: their results might differ.
    private readonly HashSet<SiloAddress> _different = [];

    /// <inheritdoc/>
    public async Task RunAsync(IReadOnlyList<SearchTrial> trials, Func<SearchTrial, CancellationToken, SearchFit> make,
        Action<int, SearchFit> made, CancellationToken cancellationToken)
    {
        if (trials.Count == 0) return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var open = new OpenTrials(trials.Count, settings.SiloTimeout, clock);
        var working = new Dictionary<SiloAddress, Task>();
        try
        {
            while (!open.Done.IsCompleted)
            {
                foreach (var silo in Active())
                    if (open.HasWaiting && (!working.TryGetValue(silo, out var before) || before.IsCompleted))
                        working[silo] = WorkAsync(silo, () => LoopAsync(Make(silo)), stop.Token);
                await Task.WhenAny([open.Done, Task.Delay(settings.Tick, clock, stop.Token), .. working.Values.Where(w => w.IsFaulted)]);
                stop.Token.ThrowIfCancellationRequested();
                foreach (var failed in working.Values.Where(w => w.IsFaulted)) await failed;
            }
        }
        finally
        {
            // Do not wait for a silo that hangs.
            await stop.CancelAsync();
            foreach (var late in working.Values) _ = late.ContinueWith(static w => w.Exception, TaskScheduler.Default);
        }

        Func<SearchTrial, Task<SearchFit?>> Make(SiloAddress silo) => IsOwn(silo)
            ? trial => Task.Run<SearchFit?>(() => make(trial, stop.Token), stop.Token)
            : trial => AskAsync(silo, trial, stop.Token);

        async Task LoopAsync(Func<SearchTrial, Task<SearchFit?>> ask)
        {
            while (open.Take() is { } place)
            {
                try
                {
                    if (await ask(trials[place]) is not { } fit) return;
                    if (open.IsFirst(place))
                    {
                        made(place, fit);
                        open.Finish();
                    }
                }
                finally
                {
                    open.Return(place);
                }
            }
        }
    }

    private bool IsOwn(SiloAddress silo) => silo.Equals(compute.Services.Address);

    // One loop for each thread of the silo.
    private async Task WorkAsync(SiloAddress silo, Func<Task> loop, CancellationToken cancellationToken)
    {
        try
        {
            var threads = IsOwn(silo) ? settings.Threads : await ThreadsAsync(silo, cancellationToken);
            await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => loop()));
        }
        catch (Exception e) when (LostCall.Is(e))
        {
            SiloLost(logger, run, silo.ToString(), e.Message);
        }
    }

    private IEnumerable<SiloAddress> Active()
    {
        lock (_different)
            return [.. compute.Membership.CurrentSnapshot.Members.Values
                .Where(m => m.Status == SiloStatus.Active && SiloRolesText.Of(m.Name).HasFlag(SiloRoles.Compute))
                .Select(m => m.SiloAddress).Where(s => !_different.Contains(s)).Order()];
    }

    // 0 for a silo that takes no work.
    private async Task<int> ThreadsAsync(SiloAddress silo, CancellationToken cancellationToken)
    {
        var description = await TimedCall.CallAsync(compute.Services.Silos.Of(silo).DescribeAsync, settings.SiloTimeout, cancellationToken);
        return description.Draining ? 0 : description.Threads;
    }

    // Returns null if the silo cannot make the run's trials.
    private async Task<SearchFit?> AskAsync(SiloAddress silo, SearchTrial trial, CancellationToken cancellationToken)
    {
        var answer = await compute.Services.Grains.GetGrain<ITrialGrain>($"{run}|{silo.ToParsableString()}")
            .MakeAsync(new TrialWork(trial.Search, trial.Candidate, trial.Inner, trial.Key), cancellationToken);
        if (!answer.IsMismatch) return new SearchFit(answer.Predicted, answer.Signals, answer.Error) { Model = answer.Model };
        lock (_different)
            if (_different.Add(silo)) SiloIsMismatch(logger, run, silo.ToString(), answer.Error ?? "");
        return null;
    }

    [LoggerMessage(1, LogLevel.Warning, "Run {RunId}: silo {Silo} makes no more trials for now: {Reason}")]
    private static partial void SiloLost(ILogger logger, string runId, string silo, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Run {RunId}: silo {Silo} makes no trials: {Reason}")]
    private static partial void SiloIsMismatch(ILogger logger, string runId, string silo, string reason);
}
