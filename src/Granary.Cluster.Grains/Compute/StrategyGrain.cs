using Granary.Application.Batches;
using Granary.Application.Simulation;
using Granary.Cluster.Batches;
using Granary.Cluster.Compute;
using Granary.Cluster.Grains.Placement;
using Orleans.Concurrency;
using Orleans.GrainDirectory;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// Owns the run of one strategy, has it process the prepared blocks of its group's window, a few at a time, and answers calls meanwhile. It
/// reports its outcome once, and ends when the outcome is durable.
/// </summary>
[CallersSiloPlacement]
[GrainDirectory(GrainDirectoryName = SiloDirectory.Name)]
[CollectionAgeLimit(AlwaysActive = true)]
[Reentrant, GrainType("strategy")]
internal sealed class StrategyGrain(SiloCompute compute) : Grain, IStrategyGrain
{
    private StrategyGroup? _group;
    private FeedStrategy? _strategy;
    private Task _making = Task.CompletedTask;

    public async ValueTask<bool> StartAsync(Guid group, int slot)
    {
        if (compute.Find(group) is not { } own || _group is { } other && other.OrderedAt > own.OrderedAt)
        {
            EndWithout();
            return false;
        }
        if (_group != own)
        {
            // An older group of the strategy, which its batch has given up, goes on without it.
            var strategy = own.NewStrategy(slot);
            (_group, _strategy) = (own, strategy);
            _making = MakeAsync(own, strategy);
            _ = RunAsync(own, strategy, slot);
        }
        await _making;
        return true;
    }

    private static async Task MakeAsync(StrategyGroup group, FeedStrategy strategy)
    {
        using var turn = await group.TurnAsync();
        await Task.Run(() => strategy.Make(turn.Watch));
    }

    private async Task RunAsync(StrategyGroup group, FeedStrategy strategy, int slot)
    {
        long next = 0;
        try
        {
            while (await group.HasBlockAsync(slot, next))
            {
                if (_group != group) throw new OperationCanceledException("a newer group runs the strategy");
                using var turn = await group.TurnAsync();
                next = await Task.Run(() => Process(group.Blocks, strategy, next, turn.Watch));
            }
            if (group.HasGivenUp(slot)) group.Blocks.Leave(next);
            else await group.ReportAsync(slot, strategy);
        }
        catch (Exception e)
        {
            group.Lose(e);
        }
        if (_group != group) return;
        (_group, _strategy) = (null, null);
        DeactivateOnIdle();
    }

    // Not on the grain's own scheduler: a strategy that computes for long, or does not return, keeps no call waiting.
    private static long Process(PreparedBlocks blocks, FeedStrategy strategy, long next, StrategyWatch watch)
    {
        for (; blocks.TryGet(next) is { } block; next++)
        {
            strategy.Process(block, watch);
            blocks.Processed(next);
        }
        return next;
    }

    public ValueTask<StrategyStatus?> StatusAsync(CancellationToken cancellationToken)
    {
        EndWithout();
        return ValueTask.FromResult(_strategy?.Standing is { } now
            ? new StrategyStatus(now.Bars, (int)now.Trades, now.Error, (int)now.State, now.Equity,
                new Dictionary<string, double>(now.Positions))
            : null);
    }

    public ValueTask<bool> StopAsync(string reason)
    {
        EndWithout();
        _strategy?.Stop(reason);
        return ValueTask.FromResult(_strategy is not null);
    }

    // An activation without a strategy is there because of the call alone.
    private void EndWithout()
    {
        if (_group is null) DeactivateOnIdle();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _group?.Lose(new SiloUnavailableException($"the grain {this.GetPrimaryKeyString()} ended before its outcome was durable"));
        return base.OnDeactivateAsync(reason, cancellationToken);
    }
}
