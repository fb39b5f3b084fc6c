using System.Threading.Channels;
using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Portfolios;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>
/// Restarts sessions of lost silos: a call of a session's grain activates it. Every silo calls the sessions for a time after the cluster's
/// members have changed, or a session of this silo was interrupted; otherwise rarely, in case such a notification was lost.
/// </summary>
internal sealed partial class SessionMonitor(IGrainFactory grains, IClusterMembershipService membership, GrainSettings settings,
    TimeProvider clock, ILogger<SessionMonitor> logger) : BackgroundService
{
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private TimeSpan Pause => settings.Tick * 4;

    // The loss of a silo is known at once, but its sessions can be activated elsewhere only some seconds later.
    private TimeSpan Attention => settings.Tick * 60;

    private TimeSpan Rest => settings.Tick * 120;

    /// <summary>Notifies the monitor that a running session's grain has left this silo, or that the membership has changed.</summary>
    public void Interrupted() => _changes.Writer.TryWrite(true);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(FollowMembersAsync(stoppingToken), WakeAsync(stoppingToken));

    private async Task FollowMembersAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var _ in membership.MembershipUpdates.WithCancellation(stop).ConfigureAwait(false)) Interrupted();
        }
        catch (OperationCanceledException)
        {
            // the silo stops
        }
    }

    private async Task WakeAsync(CancellationToken stop)
    {
        var attentive = clock.GetUtcNow() + Attention;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var now = clock.GetUtcNow();
                // At once, and again in the time of attention: a silo may leave in several steps.
                if (await ChangedWithinAsync(now < attentive ? Pause : Rest, stop).ConfigureAwait(false))
                    attentive = clock.GetUtcNow() + Attention;
                using var untraced = new Untraced();
                var list = grains.GetGrain<ISessionListGrain>(ISessionListGrain.Key);
                if (!await WakeAsync(list, stop).ConfigureAwait(false)) attentive = clock.GetUtcNow() + Attention;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // the silo stops
            }
            catch (Exception e)
            {
                NotAsked(logger, "the list", e.Message);
                attentive = clock.GetUtcNow() + Attention;
            }
        }
    }

    private async Task<bool> ChangedWithinAsync(TimeSpan time, CancellationToken stop)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var rest = Task.Delay(time, clock, late.Token);
        await Task.WhenAny(_changes.Reader.WaitToReadAsync(late.Token).AsTask(), rest).ConfigureAwait(false);
        await late.CancelAsync().ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        return _changes.Reader.TryRead(out _);
    }

    // Returns whether all sessions have answered.
    private async Task<bool> WakeAsync(ISessionListGrain list, CancellationToken stop)
    {
        var answered = true;
        foreach (var id in await list.RunningAsync(stop).ConfigureAwait(false))
        {
            try
            {
                if (await TimedCall.CallAsync(grains.GetGrain<ISessionGrain>(id).SessionAsync, settings.SiloTimeout, clock, stop)
                    .ConfigureAwait(false) is { IsRunning: true })
                    continue;
                // A listed session that does not run was interrupted between its end and the update of the list.
                await list.EndedAsync(id).WaitAsync(stop).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stop.IsCancellationRequested)
            {
                NotAsked(logger, id, e.Message);
                answered = false;
            }
        }
        return answered;
    }

    [LoggerMessage(1, LogLevel.Debug, "The live session {Session} could not be asked: {Reason}")]
    private static partial void NotAsked(ILogger logger, string session, string reason);
}
