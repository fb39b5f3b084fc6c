using System.Net.Http.Json;
using System.Text.Json;
using Granary.Learning.Registry;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Testing;

namespace Granary.Api.Tests;

/// <summary>What a form or a client needs to know of a server: its classes, its schema, its models.</summary>
public sealed class CataloguesOverHttpTests(SharedServers servers)
{
    [Theory]
    [InlineData("strategies", "SmaCross")]
    [InlineData("factors", "sma")]
    [InlineData("trainers", "logistic")]
    [InlineData("brokers", "paper")]
    [InlineData("jobs", "walkforward")]
    public async Task A_catalogue_lists_its_classes(string catalogue, string name)
    {
        var server = await servers.PlainAsync;
        var items = await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/catalogue/" + catalogue);
        var item = items.EnumerateArray().Single(i => i.GetProperty("name").GetString() == name);
        item.GetProperty("summary").GetString()!.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_parameter_has_its_type_default_and_range()
    {
        var server = await servers.PlainAsync;
        var items = await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/catalogue/strategies");
        var known = TestCatalogues.All.Strategies.All.Single(d => d.Name == "SmaCross");
        var parameters = items.EnumerateArray().Single(i => i.GetProperty("name").GetString() == "SmaCross").GetProperty("parameters");
        parameters.GetArrayLength().ShouldBe(known.Parameters.Count);
        var fast = parameters[0];
        (fast.GetProperty("name").GetString(), fast.GetProperty("kind").GetString(), fast.GetProperty("minimum").GetDouble())
            .ShouldBe(("fast", "int", known.Parameters[0].Minimum));
    }

    [Fact]
    public async Task The_schema_of_batch_files_is_that_of_the_documents()
    {
        var server = await servers.PlainAsync;
        using var answer = await server.Client.GetAsync("/api/v1/catalogue/schemas/batch");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/schema+json");
        (await answer.Content.ReadAsStringAsync()).ShouldBe(
            await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "docs", "batch.schema.json")));
    }

    [Fact]
    public async Task A_model_answers_for_rows_as_it_does_in_the_process()
    {
        await using var server = await ApiServer.StartAsync();
        (await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/models")).GetArrayLength().ShouldBe(0);
        double[] values = [.. Enumerable.Range(0, 80).Select(i => Math.Sin(i * 0.7))];
        var table = new TrainingTable(["a", "b"], values, [.. Enumerable.Range(0, 40).Select(i => values[2 * i] > 0 ? 1.0 : 0)]);
        var model = TestCatalogues.All.Trainers.Create("logistic").Train(table.All(), new TrainingOptions(1));
        var registry = new ModelRegistry(new FileModelStore(Path.Combine(server.Folder, "models")), TestCatalogues.All.ModelKinds);
        registry.Add("gate", model, new ModelLineage
        {
            DataHash = "none",
            Data = "a table",
            From = DateTime.UnixEpoch,
            To = DateTime.UnixEpoch,
            Samples = 40,
            Features = ["a", "b"],
            Label = "label",
            Trainer = "logistic",
            Seed = 1,
            CreatedAt = DateTime.UnixEpoch,
            InSample = new Dictionary<string, double>(),
            OutOfSample = new Dictionary<string, double>(),
        });
        registry.Promote("gate", 1);

        var listed = (await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/models"))[0];
        (listed.GetProperty("name").GetString(), listed.GetProperty("current").GetInt32()).ShouldBe(("gate", 1));
        var version = (await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/models/gate/versions"))[0];
        (version.GetProperty("number").GetInt32(), version.GetProperty("isCurrent").GetBoolean()).ShouldBe((1, true));
        using var answer = await server.Client.PostAsJsonAsync("/api/v1/models/gate/predict",
            new { rows = new[] { new { a = 0.3, b = -0.2 }, new { a = -0.4, b = 0.9 } } });
        var predictions = (await answer.ReadAsync<JsonElement>()).GetProperty("predictions").EnumerateArray().Select(p => p.GetDouble());
        predictions.ShouldBe([model.Predict([0.3, -0.2]), model.Predict([-0.4, 0.9])]);

        using var missing = await server.Client.PostAsJsonAsync("/api/v1/models/gate/predict", new { rows = new[] { new { a = 0.3 } } });
        (await missing.ProblemAsync(400)).ShouldContain("'b' is missing");
        using var unknown = await server.Client.GetAsync("/api/v1/models/other/versions");
        (await unknown.ProblemAsync(404)).ShouldContain("other");
    }
}
