using Granary.Application.Simulation;

namespace Granary.Cluster.Grains.Compute;

/// <summary>
/// A portfolio pass of this silo, owned by the grain of its run. If the grain ends early, the next activation takes over the pass as it is.
/// </summary>
internal sealed class PortfolioSlot(RunningPortfolio portfolio)
{
    private BatchPortfolioGrain? _owner;
    private readonly TaskCompletionSource _released = New();
    private TaskCompletionSource _left = New();

    public Guid Id { get; } = Guid.NewGuid();

    public RunningPortfolio Portfolio => portfolio;

    /// <summary>Completes when the owner ends before the pass.</summary>
    public Task Left => Volatile.Read(ref _left).Task;

    /// <summary>Completes when the run needs the pass no longer.</summary>
    public Task Released => _released.Task;

    public void Release() => _released.TrySetResult();

    /// <summary>Gives the pass to a grain, and begins it.</summary>
    public void Own(BatchPortfolioGrain grain)
    {
        if (Left.IsCompleted) Volatile.Write(ref _left, New());
        Interlocked.Exchange(ref _owner, grain);
        portfolio.Begin();
    }

    /// <summary>Takes the pass from a grain that ends.</summary>
    public void Leave(BatchPortfolioGrain grain)
    {
        if (Interlocked.CompareExchange(ref _owner, null, grain) == grain) Volatile.Read(ref _left).TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
