using Granary.Cluster.Grains.Compute;
using Granary.Cluster.Grains.Placement;
using Granary.Cluster.Portfolios;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>
/// Hands the sessions of this silo over before the silo stops anything: until then, sessions trade and the silo answers. Sessions that no
/// other silo takes in time are stopped.
/// </summary>
internal sealed partial class SessionDrain(LiveSessions sessions, SiloDeparture departure, SiloCompute compute, IGrainFactory grains,
    SiloProcess process, GrainSettings settings, ILogger<SessionDrain> logger) : IHostedLifecycleService
{
    // The end of an attempt writes its last facts for ten seconds at most.
    private static readonly TimeSpan s_end = TimeSpan.FromSeconds(12);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        departure.Begin();
        // A process that is ended at once hands nothing over.
        if (cancellationToken.IsCancellationRequested) return;
        compute.Leave();
        using var time = new CancellationTokenSource(settings.Drain, compute.Clock);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token);
        await Task.WhenAll(sessions.All.Select(attempt => LeaveAsync(attempt, late.Token)));
    }

    /// <summary>Ends attempts that are left. A process that is ended at once waits for none.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAny(Task.WhenAll(sessions.All.Select(a => a.StopAsync())), Task.Delay(s_end, compute.Clock, cancellationToken));

    private async Task LeaveAsync(LiveAttempt attempt, CancellationToken late)
    {
        try
        {
            if (!attempt.IsWaiting)
                await grains.GetGrain<ISessionGrain>(attempt.Account).HandOverAsync(process.Silo.SiloAddress, attempt.Epoch, late)
                    .WaitAsync(late);
        }
        catch (Exception e) when (LostCall.Is(e) || e is OperationCanceledException)
        {
            NotHandedOver(logger, attempt.Account, e is OperationCanceledException
                ? $"it was not ready within {settings.Drain.TotalSeconds:0} s" : e.Message);
        }
        await Task.WhenAny(attempt.StopAsync(), Task.Delay(s_end, compute.Clock, CancellationToken.None));
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Warning,
        "Live session of {Account}: it stops on this silo without a handover ({Reason}), and another silo takes it over")]
    private static partial void NotHandedOver(ILogger logger, string account, string reason);
}
