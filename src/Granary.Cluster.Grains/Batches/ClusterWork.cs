using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Compute;
using Granary.Server.Operations;
using Granary.Simulation.Work;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Batches;

/// <summary>
/// Distributes the work of a job over the silos. A silo does as many items at a time as it has compute threads. If a silo is lost or does
/// not answer in time, another one repeats its items. The result does not depend on the silo, and the first one counts.
/// </summary>
/// <param name="run">Id of the job's run.</param>
/// <param name="compute">Compute threads of this process's silo, whose items need no call.</param>
internal sealed partial class ClusterWork(string run, SiloCompute compute, GrainSettings settings, TimeProvider clock, ILogger logger)
    : IWorkHost
{
    // Silos with other bars or another version of the program: their results might differ.
    private readonly HashSet<SiloAddress> _different = [];

    /// <inheritdoc/>
    public async Task RunAsync<TItem, TResult>(IReadOnlyList<TItem> items, Func<TItem, CancellationToken, Task<TResult>> make,
        Action<int, TResult> made, CancellationToken cancellationToken) where TItem : WorkItem where TResult : WorkResult
    {
        if (items.Count == 0) return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var open = new OpenItems(items.Count, settings.SiloTimeout, clock);
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

        Func<TItem, Task<TResult?>> Make(SiloAddress silo) => IsOwn(silo)
            ? item => Task.Run<TResult?>(async () => await make(item, stop.Token), stop.Token)
            : async item => (TResult?)await AskAsync(silo, item, stop.Token);

        async Task LoopAsync(Func<TItem, Task<TResult?>> ask)
        {
            while (open.Take() is { } place)
            {
                try
                {
                    if (await ask(items[place]) is not { } result) return;
                    if (open.IsFirst(place))
                    {
                        made(place, result);
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
        var description = await TimedCall.CallAsync(compute.Services.Silos.Of(silo).DescribeAsync, settings.SiloTimeout, clock,
            cancellationToken);
        return description.Draining ? 0 : description.Threads;
    }

    // Returns null if the silo cannot do the job's work.
    private async Task<WorkResult?> AskAsync(SiloAddress silo, WorkItem item, CancellationToken cancellationToken)
    {
        var answer = await compute.Services.Grains.GetGrain<IWorkGrain>($"{run}|{silo.ToParsableString()}")
            .MakeAsync(WorkWire.Of(item), cancellationToken);
        if (answer is not WorkRefused refused) return WorkWire.Of(answer);
        lock (_different)
            if (_different.Add(silo)) SiloIsMismatch(logger, run, silo.ToString(), refused.Reason);
        return null;
    }

    [LoggerMessage(1, LogLevel.Warning, "Run {RunId}: silo {Silo} does no more of the work for now: {Reason}")]
    private static partial void SiloLost(ILogger logger, string runId, string silo, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Run {RunId}: silo {Silo} does none of the work: {Reason}")]
    private static partial void SiloIsMismatch(ILogger logger, string runId, string silo, string reason);
}
