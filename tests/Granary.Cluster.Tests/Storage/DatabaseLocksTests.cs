using Granary.Cluster.Grains.Telemetry;
using Granary.Silo.Clustering;
using Granary.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Granary.Cluster.Tests.Storage;

public sealed class DatabaseLocksTests
{
    [Fact]
    public async Task Sessions_that_wait_for_a_lock_are_counted_until_they_have_it()
    {
        await using var server = await PostgresServer.ShareAsync();
        await using var database = NpgsqlDataSource.Create(await server.CreateDatabaseAsync());
        await using var services = new ServiceCollection().AddMetrics().AddSingleton<ClusterInstruments>().BuildServiceProvider();
        using var locks = new DatabaseLocks(database, services.GetRequiredService<ClusterInstruments>(), TimeProvider.System);
        (await locks.CountAsync(CancellationToken.None)).ShouldBe(0);

        await using var first = await database.OpenConnectionAsync();
        await using var second = await database.OpenConnectionAsync();
        await RunAsync(first, "SELECT pg_advisory_lock(7)");
        var waiting = RunAsync(second, "SELECT pg_advisory_lock(7)");
        await Eventually.IsAsync(() => locks.CountAsync(CancellationToken.None), n => n == 1);
        await RunAsync(first, "SELECT pg_advisory_unlock(7)");
        await waiting;
        await Eventually.IsAsync(() => locks.CountAsync(CancellationToken.None), n => n == 0);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }
}
