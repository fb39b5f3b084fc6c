using Granary.Api.Health;
using Npgsql;

namespace Granary.Silo.Readiness;

/// <summary>Checks that the cluster's database answers and accepts writes.</summary>
internal sealed class DatabaseReadiness(NpgsqlDataSource database) : IReadinessCheck
{
    public string Name => "database";

    public async ValueTask<string?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand("SELECT current_setting('transaction_read_only')");
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is "off" ? null
                : "the database takes no writes (it is a standby or read-only); connect the silo to the primary";
        }
        catch (NpgsqlException e)
        {
            return e.Message;
        }
    }
}
