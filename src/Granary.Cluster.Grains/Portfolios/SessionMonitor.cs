using Granary.Cluster.Grains.Telemetry;
using Granary.Cluster.Portfolios;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Cluster.Grains.Portfolios;

/// <summary>Restarts sessions of lost silos: every silo calls every session each second, and the call activates it.</summary>
internal sealed partial class SessionMonitor(IGrainFactory grains, TimeProvider clock, ILogger<SessionMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(false);
                using var untraced = new Untraced();
                var running = await grains.GetGrain<ISessionListGrain>(ISessionListGrain.Key).RunningAsync().WaitAsync(stoppingToken)
                    .ConfigureAwait(false);
                foreach (var id in running) await WakeAsync(id, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // the silo stops, or the call was lost with one that did
            }
            catch (Exception e)
            {
                NotAsked(logger, "the list", e.Message);
            }
        }
    }

    private async Task WakeAsync(string id, CancellationToken stop)
    {
        try
        {
            // A listed session that does not run was cut off between its end and the update of the list.
            if (await grains.GetGrain<IPortfolioGrain>(id).SessionAsync().WaitAsync(stop)
                .ConfigureAwait(false) is not { Phase: Application.Live.SessionPhase.Running })
                await grains.GetGrain<ISessionListGrain>(ISessionListGrain.Key).EndedAsync(id).WaitAsync(stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            NotAsked(logger, id, e.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "The live session {Session} could not be asked: {Reason}")]
    private static partial void NotAsked(ILogger logger, string session, string reason);
}
