using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Passes;
using Granary.Simulation.Work;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Compute;

/// <summary>Does items of one job's work on the threads of its silo.</summary>
[SiloKeyPlacement]
[GrainType("work")]
internal sealed class WorkGrain(SiloCompute compute, GrainSettings settings) : Grain, IWorkGrain
{
    private readonly CancellationTokenSource _ended = new();
    private Task<IWorkMaker>? _maker;

    public async Task<WorkAnswer> MakeAsync(WorkRequest work, CancellationToken cancellationToken)
    {
        if (compute.IsClosed) throw new SiloUnavailableException("this silo takes no new work");
        if (_maker is null or { IsFaulted: true } or { IsCanceled: true })
        {
            var run = this.GetPrimaryKeyString();
            run = run[..run.LastIndexOf('|')];
            _maker = Task.Run(() => PrepareAsync(run), _ended.Token);
        }
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token, compute.Stopping);
        try
        {
            var maker = await _maker.WaitAsync(stop.Token);
            return await maker.FindAsync(WorkWire.Of(work), stop.Token) is { } make ? await MakeAsync(make, stop.Token)
                : new WorkRefused("its bars or its program are not those of the silo that runs the job");
        }
        catch (Exception e) when (e is InputException or BarDataException or BarStoreException)
        {
            return new WorkRefused(e.Message);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SiloUnavailableException("this silo is shutting down", e);
        }
    }

    private async Task<WorkAnswer> MakeAsync(Func<CancellationToken, Task<WorkResult>> make, CancellationToken cancellationToken)
    {
        await compute.WorkThreads.WaitAsync(cancellationToken);
        try
        {
            compute.ItemBegins();
            return WorkWire.Of(await Task.Run(() => make(cancellationToken), cancellationToken));
        }
        finally
        {
            compute.WorkThreads.Release();
        }
    }

    private async Task<IWorkMaker> PrepareAsync(string run)
    {
        var job = await compute.Services.Plans.JobAsync(run);
        return await job.PrepareAsync(new EmbeddedHost(settings.Threads), settings.Threads, _ended.Token)
            ?? throw new InvalidOperationException($"the job {run} has no work for other silos");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _ended.CancelAsync();
        if (_maker is { IsCompletedSuccessfully: true } maker) await maker.Result.DisposeAsync();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }
}
