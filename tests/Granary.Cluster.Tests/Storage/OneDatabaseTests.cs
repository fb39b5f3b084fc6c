using Granary.Cluster.Tests.Fixtures;
using Granary.Data.Import;
using Granary.Data.Journals;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Engine.Market;
using Granary.Postgres.Journals;
using Granary.Postgres.Models;
using Granary.Simulation.Models;
using Granary.Storage.Addresses;
using Granary.Testing;
using Npgsql;

namespace Granary.Cluster.Tests.Storage;

/// <summary>Bars, a cluster, journals and models in one PostgreSQL database, as docker-compose.yml suggests it.</summary>
public sealed class OneDatabaseTests(OneDatabaseTests.Server server) : IClassFixture<OneDatabaseTests.Server>
{
    [NeedsPostgres]
    public sealed class Server : IAsyncLifetime
    {
        internal PostgresServer Postgres { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Postgres = await PostgresServer.ShareAsync();

        public ValueTask DisposeAsync() => Postgres is null ? default : Postgres.DisposeAsync();
    }

    private static string NameOf(string connection) => new NpgsqlConnectionStringBuilder(connection).Database!;

    private string AddressOf(string connection) => server.Postgres.AddressOf(NameOf(connection));

    private async Task<string> SqlAsync(string connection, string sql) => (await server.Postgres.SqlAsync(NameOf(connection), sql)).Trim();

    private async Task ImportAsync(string connection)
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".csv");
        await File.WriteAllTextAsync(file, "time,open,high,low,close,volume\n2024-01-01,1,2,0.5,1.5,10\n2024-01-02,1.5,2.5,1,2,11\n");
        var result = await BarImport.RunAsync(new ImportRequest([file], Address.Parse(AddressOf(connection)), "NEW", Timeframe.D1,
            new BarFileOptions()),
            TestCatalogues.All.Stores);
        File.Delete(file);
        result[0].Added.ShouldBe(2);
    }

    private static async Task JoinAsync(string connection)
    {
        await using var silo = await SiloProcess.JoinAsync(connection);
        await silo.LeaveAsync();
    }

    private static async Task TradeAsync(string connection)
    {
        await using var journal = await PostgresJournal.OpenAsync(connection, "paper", TimeProvider.System);
        await journal.AppendAsync([new JournalEntry(1, DateTimeOffset.UnixEpoch, "SignalDecided", "S1", "NEW", "{}"u8.ToArray())]);
    }

    private Task TrainAsync(string connection)
    {
        new PostgresModelStoreFactory().Open(Address.Parse(AddressOf(connection))).TryAdd("gate", 1, [1], [2]).ShouldBeTrue();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("bars first")]
    [InlineData("silo first")]
    public async Task Bars_silo_journal_and_models_share_a_database_in_any_order(string order)
    {
        var connection = await server.Postgres.CreateDatabaseAsync();
        Func<string, Task>[] steps = [ImportAsync, JoinAsync, TradeAsync, TrainAsync];
        foreach (var step in order == "bars first" ? steps : steps.Reverse()) await step(connection);
        (await SqlAsync(connection, "SELECT count(*) FROM bars.granary_bar")).ShouldBe("2");
        (await SqlAsync(connection, "SELECT count(*) FROM cluster.cluster_member")).ShouldBe("1");
        (await SqlAsync(connection, "SELECT count(*) FROM journal.granary_signal")).ShouldBe("1");
        (await SqlAsync(connection, "SELECT count(*) FROM models.granary_model_version")).ShouldBe("1");
        (await SqlAsync(connection, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).ShouldBe("0");
    }
}
