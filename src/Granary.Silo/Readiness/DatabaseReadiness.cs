using Granary.Api.Health;
using Npgsql;

namespace Granary.Silo.Readiness;

/// <summary>The cluster's database answers.</summary>
internal sealed class DatabaseReadiness(NpgsqlDataSource database) : IReadinessCheck
{
    public string Name => "database";

    public async ValueTask<string?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand("SELECT 1");
            await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (NpgsqlException e)
        {
            return e.Message;
        }
    }
}
