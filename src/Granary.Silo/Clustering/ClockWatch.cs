namespace Granary.Silo.Clustering;

/// <summary>Stops the silo as SIGTERM does when the clock of its machine is set back; it exits with 1.</summary>
/// <remarks>
/// Orleans schedules the removal of idle activations by the time of day. After a step back of more than their age limit, five minutes,
/// each new activation on this silo fails until the clock has caught up. So does each batch that starts there.
/// </remarks>
internal sealed partial class ClockWatch(TimeProvider clock, IHostApplicationLifetime life, ILogger<ClockWatch> logger) : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5), s_most = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The latest time of day, and when the clock showed it.
        var (latest, at) = (clock.GetUtcNow(), clock.GetTimestamp());
        using var timer = new PeriodicTimer(s_period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                var (now, expected) = (clock.GetUtcNow(), latest + clock.GetElapsedTime(at));
                if (expected - now > s_most)
                {
                    SetBack(logger, expected - now);
                    Environment.ExitCode = 1;
                    life.StopApplication();
                    return;
                }
                if (now >= expected) (latest, at) = (now, clock.GetTimestamp());
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(1, LogLevel.Error,
        "The clock of this machine was set back by {Time}: this silo stops, others take over its work, and its supervisor starts it again")]
    private static partial void SetBack(ILogger logger, TimeSpan time);
}
