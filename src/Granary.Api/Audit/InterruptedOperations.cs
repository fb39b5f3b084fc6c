using Granary.Server.Audit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Audit;

/// <summary>
/// Completes the audit log after a process ended early: records the interrupted operations, with the current state of their targets.
/// </summary>
internal sealed partial class InterruptedOperations(AuditLog log, AuditStates states, TimeProvider clock,
    ILogger<InterruptedOperations> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private IReadOnlyList<AuditIntent> _found = [];

    // Runs before the server accepts requests: operations that are open then belong to a process that has ended.
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _found = log.Open();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var next = 0; next < _found.Count;)
        {
            var intent = _found[next];
            try
            {
                var after = await states.ReadAsync(new PathString(intent.Target), intent.Who, stoppingToken).ConfigureAwait(false);
                await log.CompleteAsync(intent, intent.Target, after, interrupted: true).ConfigureAwait(false);
                Recorded(logger, intent.What, intent.Target, intent.Who);
                next++;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                // The target may be unreachable, for example a grain whose database does not answer.
                Waits(logger, e, intent.What, intent.Target);
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(false);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Recorded {Operation} of {Target} by {Caller}, which the end of the server interrupted")]
    private static partial void Recorded(ILogger logger, string operation, string target, string caller);

    [LoggerMessage(2, LogLevel.Warning, "Cannot record {Operation} of {Target} now, which the end of the server interrupted")]
    private static partial void Waits(ILogger logger, Exception fault, string operation, string target);
}
