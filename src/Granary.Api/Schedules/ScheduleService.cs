using Granary.Server.Schedules;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Schedules;

/// <summary>Submits the jobs of schedules when they are due.</summary>
internal sealed partial class ScheduleService(ScheduleRunner runner, TimeProvider clock, ILogger<ScheduleService> logger)
    : BackgroundService
{
    // Check regularly: other processes may change schedules, and a job that could not be submitted is tried again.
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = s_longestPause;
            try
            {
                if (await runner.RunAsync(stoppingToken).ConfigureAwait(false) is { } next && next - clock.GetUtcNow() is var until
                    && until < pause)
                    pause = until > TimeSpan.Zero ? until : TimeSpan.FromMilliseconds(1);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Failed(logger, e.Message, e);
            }
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Checking the schedules failed and is repeated: {Reason}")]
    private static partial void Failed(ILogger logger, string reason, Exception fault);
}
