using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Cluster.Grains.Models;
using Granary.Cluster.Models;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Tests.Live;
using Granary.Contracts.Models;
using Granary.Contracts.Sessions;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Cluster.Tests.Models;

/// <summary>Batches and live sessions on silos: what their models predict, and what came of it.</summary>
public sealed class ModelsOfRunsTests : IDisposable
{
    private const string From = "2023-03-01", To = "2023-05-01";

    private readonly TestBatches _batches = new();

    public void Dispose() => _batches.Dispose();

    private string Write(string registry, string to) => _batches.Write("learned", $$"""
        { "name": "learned", "data": { "source": "csv:data/1h", "symbols": ["COINUSDT"], "timeframe": "1h", "to": "{{to}}" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [2, 3, 4], "slow": [6, 9] }, "sides": "both",
            "size": { "cash": 10000 } } ], "portfolio": { "weights": "equal" },
          "learning": { "trainer": "logistic", "label": { "kind": "direction", "bars": 3 }, "features": ["return(1)", "rsi(14)"],
            "registry": "{{registry}}", "apply": { "rule": "gate", "buyAbove": 0.5, "sellBelow": 0.5 } } }
        """);

    private static async Task<VersionInUse> UseAsync(TestSilos silos, string registry, string model)
    {
        foreach (var silo in silos.Alive)
            await silos.Cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<ModelReplicas>().ReportAsync(default);
        return (await silos.Grains.GetGrain<IModelGrain>(new ModelKey(registry, model).ToString()).UseAsync()).Versions.Single(v =>
            v.Version == 1);
    }

    [Fact]
    public async Task A_learned_batch_has_the_embedded_digest_and_its_silos_count_what_its_models_predict()
    {
        var embedded = await _batches.EmbeddedAsync(Write("embedded", From));
        var made = new List<long>();
        foreach (var silos in (int[])[1, 2])
        {
            var registry = Path.Combine(_batches.Folder, "registry" + silos);
            var batch = Write(registry, From);
            await using var cluster = await TestSilos.StartAsync(silos);
            var end = await cluster.RunAsync(batch);
            end.Digest.ShouldBe(embedded.Model.Digest, $"{end}\n{cluster.Log.Text}");
            var model = Path.GetFileName(Directory.EnumerateDirectories(registry)
                .Single(d => !d.Contains("cache", StringComparison.Ordinal)));
            var use = await UseAsync(cluster, registry, model);
            (use.Failed, use.Outcomes).ShouldBe((0, 0), "what is known already says nothing of a version in use");
            made.Add(use.Predictions);
        }
        made[0].ShouldBeGreaterThan(100);
        made[1].ShouldBe(made[0], "strategies are judged alike wherever they run");
    }

    [Fact]
    public async Task A_session_reports_its_predictions_and_their_outcomes_once_over_a_lost_silo()
    {
        await using var server = await PostgresServer.ShareAsync();
        var learned = await _batches.EmbeddedAsync(Write(Path.Combine(_batches.Folder, "registry"), From));
        var prod = JsonNode.Parse(File.ReadAllText(Path.Combine(learned.Folder, "prod.json")))!;
        prod["data"]!["from"] = From;
        prod["data"]!["to"] = To;
        prod.AsObject().Remove("evidence");
        var path = Path.Combine(_batches.Folder, "prod.json");
        File.WriteAllText(path, prod.ToJsonString());
        var (model, version) = prod["models"]!.AsObject().Select(m => (m.Value!["model"]!.GetValue<string>(),
            m.Value["version"]!.GetValue<int>())).Single();
        version.ShouldBe(1);
        var start = new SessionStart
        {
            Text = File.ReadAllBytes(path),
            File = "prod.json",
            Folder = _batches.Folder,
            Feed = Address.Parse("csv:" + Path.Combine(_batches.Folder, "data", "1h")),
            Speed = "asap",
            Account = LiveSilos.Account,
            From = DateTime.Parse(From, CultureInfo.InvariantCulture).Ticks,
            To = DateTime.Parse(To, CultureInfo.InvariantCulture).Ticks,
            IgnoresChecks = true,
            StartedBy = "a test",
        };
        var fates = new List<VersionInUse>();
        foreach (var dies in (bool[])[false, true])
        {
            var fate = dies ? new Fate(300) : new Fate();
            await using var cluster = await LiveSilos.StartAsync(2, await server.CreateDatabaseAsync(), fate);
            await cluster.PlacePortfolioAsync(cluster.Silos.Alive[0]);
            await cluster.Sessions.StartAsync(start);
            if (dies)
            {
                var (dead, _) = await fate.Died.WaitAsync(Eventually.Longest, TestContext.Current.CancellationToken);
                await cluster.Silos.KillAsync(cluster.Silos.Alive.Single(s => cluster.AccountsOf(s) == dead));
                await dead.CutAsync();
            }
            var end = await cluster.EndAsync();
            (end.Restarts > 0).ShouldBe(dies);
            end.Phase.ShouldBe(SessionPhase.Done, $"{end.Fault}\n{cluster.Log.Text}");
            var registry = Path.Combine(_batches.Folder, "registry");
            var folder = Path.Combine(cluster.Silos.Runs, end.Run);
            var use = await UseAsync(cluster.Silos, registry, model);
            fates.Add(use);
            Expected(folder).ShouldBe((use.Predictions, use.Outcomes));
            use.Predictions.ShouldBeGreaterThan(100);
        }
        fates[1].ShouldBe(fates[0]);
    }

    // From the session's own files: signals with a prediction, and those whose label of three bars ahead is known at its last bar.
    private (long Predictions, long Outcomes) Expected(string folder)
    {
        var lines = File.ReadAllLines(Path.Combine(folder, "signals.csv"));
        var head = lines[0].Split(',').ToList();
        var (time, prediction) = (head.IndexOf("time"), head.IndexOf("prediction"));
        time.ShouldBeGreaterThanOrEqualTo(0, lines[0]);
        prediction.ShouldBeGreaterThanOrEqualTo(0, lines[0]);
        // Only the first field, the strategy's id, has commas of its own.
        var said = lines[1..].Select(l => (string[])["", .. l[(l.LastIndexOf('"') + 2)..].Split(',')])
            .Where(l => l[prediction].Length > 0).ToList();
        var last = DateTime.Parse(To, CultureInfo.InvariantCulture).AddHours(-1);
        return (said.Count, said.Count(l => DateTime.Parse(l[time], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal)
            .AddHours(3) <= last));
    }
}
