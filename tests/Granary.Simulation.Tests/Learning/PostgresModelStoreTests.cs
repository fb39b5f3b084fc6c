using Granary.Engine;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Postgres.Models;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Simulation.Tests.Learning;

public class PostgresModelStoreTests
{
    [Fact]
    public async Task A_registry_in_a_database_keeps_versions_as_a_folder_does()
    {
        await using var server = await PostgresServer.ShareAsync();
        var connection = await server.CreateDatabaseAsync();
        var url = server.AddressOf(new Npgsql.NpgsqlConnectionStringBuilder(connection).Database!);
        var registry = TestCatalogues.All.OpenRegistry(Address.Parse(url));
        var table = new TrainingTable(["x", "z"], [.. Enumerable.Range(0, 200).Select(i => (double)(i * 37 % 101))],
            [.. Enumerable.Range(0, 100).Select(i => (double)(i % 2))]);
        var model = TrainerCatalogue.BuiltIn.Create("logistic").Train(table.All(), new TrainingOptions());
        var lineage = new ModelLineage
        {
            DataHash = table.Hash(),
            Data = "x",
            From = DateTime.UnixEpoch,
            To = DateTime.UnixEpoch,
            Samples = 100,
            Features = table.Features,
            Label = "y",
            Trainer = "logistic",
            Seed = 1,
            InSample = new Dictionary<string, double>(),
            OutOfSample = new Dictionary<string, double>(),
            CreatedAt = DateTime.UnixEpoch,
        };
        Parallel.For(0, 8, _ => registry.Add("gate", model, lineage));
        registry.Models().ShouldBe(["gate"]);
        registry.Versions("gate").Select(v => v.Number).ShouldBe(Enumerable.Range(1, 8));
        registry.Promote("gate", 3);
        registry.Promote("gate", 5);
        registry.RollBack("gate").Current.ShouldBe(3);

        var other = new PostgresModelStore(connection);
        var (loaded, version) = new ModelRegistry(other, ModelKindCatalogue.BuiltIn).Load("gate");
        version.Number.ShouldBe(3);
        for (var i = 0; i < 100; i++) loaded.Predict(table.Row(i)).ShouldBe(model.Predict(table.Row(i)));
        other.TryAdd("gate", 3, [1], [2]).ShouldBeFalse("a version is never written again");
    }

    [Theory]
    [InlineData("postgres://user:secret@127.0.0.1:1/granary", "does not answer")]
    [InlineData("postgres://user:secret@127.0.0.1", "names no database")]
    public void A_database_that_is_not_there_is_named_without_its_password(string url, string why)
    {
        var fault = Should.Throw<InputException>(() => TestCatalogues.All.OpenRegistry(Address.Parse(url))).Message;
        fault.ShouldContain(why);
        fault.ShouldNotContain("secret");
    }
}
