using Granary.Cluster.Batches;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Batches;

/// <summary>Persistent state of the list of batches.</summary>
[GenerateSerializer, Alias("granary.BatchListRecord")]
internal sealed class BatchListRecord
{
    /// <summary>Ids of the batches that have not ended, oldest first.</summary>
    [Id(0)]
    public List<string> Unfinished { get; set; } = [];

    /// <summary>Newest last.</summary>
    [Id(1)]
    public List<string> All { get; set; } = [];

    /// <summary>Estimated bytes of memory of the unfinished batches, by id.</summary>
    [Id(2)]
    public Dictionary<string, double> Memory { get; set; } = [];
}

/// <summary>
/// Lists the batches and gives places to the oldest ones, as many as fit into the memory of one silo together: each silo plans every batch
/// that runs. A batch whose silo is lost between its end and the call that announces it would
/// keep its place: the grain asks the batches with a place whether they have ended, when it is activated and then regularly.
/// </summary>
[GrainType("batchlist")]
internal sealed partial class JobListGrain([PersistentState("batches", ClusterProviders.State)]
    IPersistentState<BatchListRecord> state, GrainSettings settings, TimeProvider clock, ILogger<JobListGrain> logger)
    : Grain, IJobListGrain
{
    private const int Kept = 1000;

    // A batch is unknown for a moment while it is submitted. A batch that is unknown at two checks was never stored.
    private HashSet<string> _unknown = [];

    private TimeSpan Period => settings.Tick * 40;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // A silo that stops does not wait for answers, which do not reach it any more.
        this.RegisterGrainTimer(stop => TimerWork.UntilStoppedAsync(CheckAsync(), stop),
            new GrainTimerCreationOptions(TimeSpan.Zero, Period) { Interleave = true });
        return base.OnActivateAsync(cancellationToken);
    }

    // The oldest batch has a place in any case: a batch that does not fit alone was refused before.
    private int Places
    {
        get
        {
            var (count, bytes) = (0, 0.0);
            foreach (var run in state.State.Unfinished.Take(settings.BatchesAtOnce))
            {
                bytes += state.State.Memory.GetValueOrDefault(run);
                if (count > 0 && bytes > settings.Memory) break;
                count++;
            }
            return count;
        }
    }

    public async Task<bool> AddAsync(string run, double memory)
    {
        var list = state.State;
        if (list.Unfinished.Contains(run)) return true;
        if (list.Unfinished.Count >= settings.MostWaiting + settings.BatchesAtOnce) return false;
        list.Unfinished.Add(run);
        list.Memory[run] = memory;
        list.All.Remove(run);
        list.All.Add(run);
        if (list.All.Count > Kept) list.All.RemoveRange(0, list.All.Count - Kept);
        await WriteAsync();
        return true;
    }

    public Task<bool> MayStartAsync(string run, CancellationToken cancellationToken) =>
        Task.FromResult(state.State.Unfinished.IndexOf(run) < Places);

    public async Task EndedAsync(string run)
    {
        var waiting = state.State.Unfinished.Skip(Places).ToList();
        if (!state.State.Unfinished.Remove(run)) return;
        state.State.Memory.Remove(run);
        await WriteAsync();
        // A batch that this call does not reach asks the list some seconds later.
        foreach (var next in state.State.Unfinished.Take(Places).Intersect(waiting))
            _ = LostCall.IgnoreAsync(() => GrainFactory.GetGrain<IJobGrain>(next).PokeAsync());
    }

    public async Task RemoveAsync(string run)
    {
        if (state.State.All.Remove(run)) await WriteAsync();
    }

    public Task<IReadOnlyList<string>> NewestAsync(int most, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. Enumerable.Reverse(state.State.All).Take(most)]);

    public Task<IReadOnlyList<string>> UnfinishedAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([.. state.State.Unfinished]);

    private async Task CheckAsync()
    {
        var unknown = new HashSet<string>();
        var over = new List<string>();
        foreach (var run in state.State.Unfinished.Take(settings.BatchesAtOnce).ToList())
        {
            try
            {
                var status = await TimedCall.CallAsync(GrainFactory.GetGrain<IJobGrain>(run).FindAsync, SiloPolls.Timeout, clock);
                if (status is null) unknown.Add(run);
                if (status is { Ended: true } || status is null && _unknown.Contains(run)) over.Add(run);
            }
            catch (Exception e) when (LostCall.Is(e))
            {
                // It is asked again at the next check.
            }
        }
        _unknown = unknown;
        foreach (var run in over)
        {
            Released(logger, run);
            await EndedAsync(run);
        }
    }

    private Task WriteAsync() => StoredState.WriteAsync(this, () => state.WriteStateAsync());

    [LoggerMessage(1, LogLevel.Warning, "Run {RunId} has ended and was still in the list of running batches; its place is free")]
    private static partial void Released(ILogger logger, string runId);
}
