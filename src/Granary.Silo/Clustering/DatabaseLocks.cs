using Granary.Cluster.Grains.Telemetry;
using Npgsql;

namespace Granary.Silo.Clustering;

/// <summary>Measures how many sessions of the cluster's database wait for a lock.</summary>
internal sealed class DatabaseLocks(NpgsqlDataSource database, ClusterInstruments instruments, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            instruments.LockWaits = await CountAsync(stoppingToken).ConfigureAwait(false);
            await Task.Delay(s_period, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>-1 if the database does not answer.</returns>
    internal async Task<int> CountAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(
                "SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()");
            return (int)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
        catch (Exception)
        {
            // An exception here would end the silo. Readiness reports an unreachable database.
            return -1;
        }
    }
}
