using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Modelling.Experiments;
using Granary.Server.JobKinds;
using Granary.Simulation.Passes;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Compute;

/// <summary>Makes trials of one experiment on the threads of its silo.</summary>
[SiloKeyPlacement]
[GrainType("trials")]
internal sealed class TrialGrain(SiloCompute compute, GrainSettings settings) : Grain, ITrialGrain
{
    private readonly CancellationTokenSource _ended = new();
    private Task<ITrialMaker>? _maker;

    public async Task<TrialAnswer> MakeAsync(TrialWork work, CancellationToken cancellationToken)
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
            var trial = new SearchTrial(work.Search, work.Candidate, work.Inner, work.Key);
            return await maker.FindAsync(trial, stop.Token) is { } make ? await MakeAsync(make, stop.Token)
                : TrialAnswer.Mismatch("its bars or its program are not those of the silo that runs the experiment");
        }
        catch (Exception e) when (e is InputException or BarDataException or BarStoreException)
        {
            return TrialAnswer.Mismatch(e.Message);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SiloUnavailableException("this silo is shutting down", e);
        }
    }

    private async Task<TrialAnswer> MakeAsync(Func<CancellationToken, SearchFit> make, CancellationToken cancellationToken)
    {
        await compute.TrialThreads.WaitAsync(cancellationToken);
        try
        {
            compute.TrialBegins();
            var fit = await Task.Run(() => make(cancellationToken), cancellationToken);
            return new TrialAnswer(fit.Predicted, fit.Signals, fit.Error) { Model = fit.Model };
        }
        finally
        {
            compute.TrialThreads.Release();
        }
    }

    private async Task<ITrialMaker> PrepareAsync(string run)
    {
        var job = (LearningJob)await compute.Services.Plans.JobAsync(run);
        return await job.PrepareAsync(new EmbeddedHost(settings.Threads), settings.Threads, _ended.Token)
            ?? throw new InvalidOperationException($"the run {run} is no experiment");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _ended.CancelAsync();
        if (_maker is { IsCompletedSuccessfully: true } maker) await maker.Result.DisposeAsync();
        await base.OnDeactivateAsync(reason, cancellationToken);
    }
}
