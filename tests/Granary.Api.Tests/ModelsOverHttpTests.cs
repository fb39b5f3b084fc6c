using System.Net.Http.Json;
using System.Text.Json;
using Granary.Learning.Registry;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Server.Access;

namespace Granary.Api.Tests;

/// <summary>Versions of a model over HTTP: their figures, and which one is current.</summary>
public sealed class ModelsOverHttpTests
{
    internal static ModelRegistry Fill(string folder)
    {
        var registry = new ModelRegistry(new FileModelStore(Path.Combine(folder, "models")), TestCatalogues.All.ModelKinds);
        double[] values = [.. Enumerable.Range(0, 80).Select(i => Math.Sin(i * 0.7))];
        var table = new TrainingTable(["a", "b"], values, [.. Enumerable.Range(0, 40).Select(i => values[2 * i] > 0 ? 1.0 : 0)]);
        foreach (var seed in (int[])[1, 2])
            registry.Add("gate", TestCatalogues.All.Trainers.Create("logistic").Train(table.All(), new TrainingOptions(seed)),
                new ModelLineage
                {
                    DataHash = "none",
                    Data = "ACME:1h",
                    From = new DateTime(2022, 1, 1, 0, 0, 0, DateTimeKind.Utc),
                    To = new DateTime(2022, 6, 1, 0, 0, 0, DateTimeKind.Utc),
                    Samples = 40,
                    Features = ["a", "b"],
                    Label = "label",
                    Trainer = "logistic",
                    Seed = seed,
                    CreatedAt = DateTime.UnixEpoch,
                    // One figure is undefined, as an AUC of one class.
                    InSample = new Dictionary<string, double> { ["auc"] = 0.7, ["r2"] = double.NaN },
                    OutOfSample = new Dictionary<string, double> { ["auc"] = 0.6 - (0.01 * seed) },
                });
        return registry;
    }

    [Fact]
    public async Task A_version_has_its_lineage_and_the_figures_of_the_run_that_made_it()
    {
        await using var server = await ApiServer.StartAsync();
        Fill(server.Folder);
        var bare = await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/models/gate/versions/2");
        bare.GetProperty("lineage").GetProperty("outOfSample").GetProperty("auc").GetDouble().ShouldBe(0.58);
        bare.TryGetProperty("findings", out _).ShouldBeFalse();

        foreach (var (run, auc) in new[] { ("older", 0.5), ("newer", 0.58) })
        {
            Directory.CreateDirectory(Path.Combine(server.Folder, run));
            await File.WriteAllTextAsync(Path.Combine(server.Folder, run, "learning.json"),
                $$"""
                { "units": [ { "name": "other", "version": "gate:1" },
                  { "name": "gate", "version": "gate:2", "outOfSample": { "auc": {{auc}} } } ] }
                """);
            Directory.SetLastWriteTimeUtc(Path.Combine(server.Folder, run), new DateTime(2026, 1, run == "newer" ? 2 : 1));
        }
        var shown = (await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/models/gate/versions/2")).GetProperty("findings");
        shown.GetProperty("run").GetString().ShouldBe("newer");
        shown.GetProperty("unit").GetProperty("outOfSample").GetProperty("auc").GetDouble().ShouldBe(0.58);
        using var unknown = await server.Client.GetAsync("/api/v1/models/gate/versions/9");
        (await unknown.ProblemAsync(404)).ShouldContain("has no version 9; it has 1, 2");
    }

    [Fact]
    public async Task A_damaged_version_hides_no_other_and_no_roll_back_makes_it_current()
    {
        await using var server = await ApiServer.StartAsync();
        var registry = Fill(server.Folder);
        foreach (var number in (int[])[1, 2]) registry.Promote("gate", number);
        File.Delete(Path.Combine(server.Folder, "models", "gate", "v0001", "model.bin"));
        var model = (await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/models"))[0];
        (model.GetProperty("versions").GetInt32(), model.GetProperty("current").GetInt32()).ShouldBe((2, 2));
        model.GetProperty("faults")[0].GetString()!.ShouldStartWith("model 'gate' version 1 is damaged: gate/v0001/model.bin is missing");
        (await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/models/gate/versions"))[0].GetProperty("number").GetInt32().ShouldBe(2);
        using var refused = await server.Client.PostAsync("/api/v1/models/gate/rollback", null);
        (await refused.ProblemAsync(503)).ShouldContain("version 2 of the model 'gate' stays current");
        registry.Pointer("gate").Current.ShouldBe(2);
    }

    [Fact]
    public async Task A_challenger_is_tested_on_the_windows_of_both_and_drift_is_what_the_detector_found()
    {
        await using var server = await ApiServer.StartAsync();
        Fill(server.Folder);
        const string Challenge = "/api/v1/models/gate/challenge?current=1&challenger=2";
        var none = await server.Client.GetFromJsonAsync<JsonElement>(Challenge);
        none.GetProperty("conclusion").GetString().ShouldBe(
            "No run of this server has the test windows of version 1; train it again as a job.");

        string Window(int month, double auc) =>
            $$"""
            { "testFrom": "2022-0{{month}}-01T00:00:00Z", "testTo": "2022-0{{month + 1}}-01T00:00:00Z",
              "outOfSample": { "auc": {{auc}} } }
            """;
        Directory.CreateDirectory(Path.Combine(server.Folder, "trained"));
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "trained", "learning.json"), $$"""
            { "units": [
              { "name": "gate", "version": "gate:1", "windows": [ {{Window(1, 0.5)}}, {{Window(2, 0.52)}}, {{Window(3, 0.51)}} ],
                "watched": 90, "lossChanges": [ { "noticed": "2022-03-05T00:00:00Z", "since": "2022-03-01T00:00:00Z",
                  "before": 0.2, "after": "NaN" } ] },
              { "name": "gate", "version": "gate:2", "windows": [ {{Window(2, 0.55)}}, {{Window(3, 0.56)}}, {{Window(4, 0.1)}} ] } ] }
            """);
        var tested = await server.Client.GetFromJsonAsync<JsonElement>(Challenge);
        tested.GetProperty("windows").GetArrayLength().ShouldBe(2, "months 2 and 3 are those of both");
        // Differences 0.03 and 0.05: mean 0.04, error 0.01, t(0.975; 1) = 12.7062.
        tested.GetProperty("mean").GetDouble().ShouldBe(0.04, 1e-12);
        tested.GetProperty("low").GetDouble().ShouldBe(0.04 - (12.7062 * 0.01), 1e-5);
        tested.GetProperty("high").GetDouble().ShouldBe(0.04 + (12.7062 * 0.01), 1e-5);
        // Student's t with one degree of freedom is Cauchy's distribution: P(t > 4) = 1/2 − atan(4)/π.
        tested.GetProperty("pValue").GetDouble().ShouldBe(0.5 - (Math.Atan(4) / Math.PI), 1e-9);
        tested.GetProperty("conclusion").GetString()!.ShouldStartWith("No difference is shown");

        var drift = (await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/models/gate/versions/1")).GetProperty("findings")
            .GetProperty("drift");
        (drift.GetProperty("detector").GetString(), drift.GetProperty("watched").GetInt32()).ShouldBe(("adwin", 90));
        var change = drift.GetProperty("changes")[0];
        (change.GetProperty("before").GetDouble(), change.TryGetProperty("after", out _)).ShouldBe((0.2, false));
        using var unknown = await server.Client.GetAsync("/api/v1/models/gate/challenge?current=1&challenger=9");
        (await unknown.ProblemAsync(404)).ShouldContain("has no version 9");
    }

    [Fact]
    public async Task A_version_is_promoted_compared_and_rolled_back()
    {
        await using var server = await ApiServer.StartAsync();
        var registry = Fill(server.Folder);
        foreach (var version in (int[])[1, 2])
            (await server.Client.PostAsJsonAsync("/api/v1/models/gate/promote", new { version })).EnsureSuccessStatusCode();
        registry.Pointer("gate").Current.ShouldBe(2);
        var differences = await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/models/gate/compare?first=1&second=2");
        differences.EnumerateArray().Single(d => d.GetProperty("field").GetString() == "outOfSample.auc").GetProperty("second").GetString()
            .ShouldBe("0.58");

        (await server.Client.PostAsync("/api/v1/models/gate/rollback", null)).EnsureSuccessStatusCode();
        registry.Pointer("gate").Current.ShouldBe(1);
        using var first = await server.Client.PostAsync("/api/v1/models/gate/rollback", null);
        (await first.ProblemAsync(404)).ShouldContain("has no version to roll back to");
        using var none = await server.Client.PostAsJsonAsync("/api/v1/models/gate/promote", new { });
        (await none.ProblemAsync(400)).ShouldContain("'version' is missing");
        using var wrong = await server.Client.PostAsJsonAsync("/api/v1/models/gate/promote", new { version = 7 });
        (await wrong.ProblemAsync(404)).ShouldContain("has no version 7");
        registry.Pointer("gate").Current.ShouldBe(1);
    }

    [Fact]
    public async Task Only_an_admin_promotes()
    {
        var folder = Directory.CreateTempSubdirectory("granary-keys-").FullName;
        try
        {
            var file = Path.Combine(folder, "keys.json");
            var submitter = await ApiKeys.AddAsync(file, "research", Role.Submitter, TimeProvider.System);
            await using var server = await ApiServer.StartAsync(ApiKeys.Open(file));
            var registry = Fill(server.Folder);
            using var client = server.As(submitter);
            (await client.GetAsync("/api/v1/models/gate/versions/1")).EnsureSuccessStatusCode();
            using var promoted = await client.PostAsJsonAsync("/api/v1/models/gate/promote", new { version = 1 });
            await promoted.ProblemAsync(403);
            using var rolledBack = await client.PostAsync("/api/v1/models/gate/rollback", null);
            await rolledBack.ProblemAsync(403);
            registry.Pointer("gate").Current.ShouldBe(0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_promotion_is_in_the_audit_log_with_the_version_before_and_after()
    {
        await using var server = await ApiServer.StartAsync();
        Fill(server.Folder);
        foreach (var version in (int[])[1, 2])
            (await server.Client.PostAsJsonAsync("/api/v1/models/gate/promote", new { version })).EnsureSuccessStatusCode();
        (await server.Client.PostAsync("/api/v1/models/gate/rollback", null)).EnsureSuccessStatusCode();
        var entries = (await server.Client.GetFromJsonAsync<JsonElement>("/api/v1/audit")).GetProperty("items").EnumerateArray();
        entries.Select(e => (e.GetProperty("what").GetString(), e.GetProperty("before").GetProperty("current").GetInt32(),
            e.GetProperty("after").GetProperty("current").GetInt32())).ShouldBe(
            [("rollBackModel", 2, 1), ("promoteModel", 1, 2), ("promoteModel", 0, 1)]);
    }
}
