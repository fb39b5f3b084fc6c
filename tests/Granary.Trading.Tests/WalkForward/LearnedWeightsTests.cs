using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.WalkForward;

/// <summary>Policies weigh the groups of a walk-forward.</summary>
public sealed class LearnedWeightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-walk-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Bars => Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private async Task<(BatchRun Run, WalkForwardOutcome Outcome)> RunAsync(string rule, int threads, string name)
    {
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "test", "data": { "source": "csv:{{Bars}}", "symbols": ["ACME", "COINUSDT"], "timeframe": "1h",
              "to": "2022-10-01" },
              "execution": { "commissionPercent": 0.05 },
              "strategies": [
                { "class": "SmaCross", "params": { "fast": [5, 8], "slow": [20, 30] }, "size": { "percentOfEquity": 90 } },
                { "class": "RsiReversion", "sides": "long", "params": { "period": [7, 14] }, "size": { "percentOfEquity": 90 } } ],
              "portfolio": { "weights": "{{rule}}", "limits": { "maxGrossPercent": 80 },
                "rebalance": { "every": "6w", "window": "9w" },
                "allocator": { "steps": 2048, "seeds": 2, "episode": 60, "registry": "{{_folder}}/models" } },
              "walkForward": { "inSample": "8w", "outOfSample": "4w" } }
            """), Path.GetTempPath());
        return await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, name), Threads = threads, Validation = false }, null,
            TestContext.Current.CancellationToken);
    }

    [Theory, InlineData("ppo"), InlineData("adaptive")]
    public async Task Policies_learn_from_the_stitched_accounts_and_weigh_the_groups_that_follow(string rule)
    {
        var (run, outcome) = await RunAsync(rule, 1, "one");
        var (again, _) = await RunAsync(rule, 2, "two");
        again.Model.Digest.ShouldBe(run.Model.Digest);

        var allocator = JsonDocument.Parse(File.ReadAllText(Path.Combine(run.Folder, "results.json"))).RootElement
            .GetProperty("allocator");
        var windows = allocator.GetProperty("windows");
        windows.GetArrayLength().ShouldBeGreaterThan(1);
        var groups = outcome.Groups.Select(g => g.Name).ToList();
        foreach (var window in windows.EnumerateArray())
            window.GetProperty("strategies").EnumerateArray().ShouldAllBe(s => groups.Contains(s.GetString()!));
        // Before the first policy nothing trades; from then on the weights of entries are those of the table.
        var from = windows[0].GetProperty("from").GetDateTime();
        var trades = File.ReadLines(Path.Combine(run.Folder, "portfolio_trades.csv")).Skip(1).ToList();
        trades.Count.ShouldBeGreaterThan(5);
        outcome.Trades.ShouldAllBe(t => t.Trade.EntryTime >= from.Ticks);
        var weights = File.ReadAllLines(Path.Combine(run.Folder, "weights.csv"));
        weights[0].Split("\",\"").Length.ShouldBe(windows.EnumerateArray()
            .SelectMany(w => w.GetProperty("strategies").EnumerateArray().Select(s => s.GetString())).Distinct().Count());
        weights.Skip(1).ShouldAllBe(l =>
            Math.Abs(l.Split(',').Skip(1).Sum(w => double.Parse(w, CultureInfo.InvariantCulture)) - 1) < 1e-12);
    }

    [Fact]
    public async Task The_configuration_of_a_walk_forward_has_the_last_policy_for_its_last_choices()
    {
        var (run, outcome) = await RunAsync("ppo", 2, "one");
        outcome.Groups.Select(g => g.Choices[^1].Strategy).ShouldNotContain(-1);
        var production = new ProductionReader(TestCatalogues.All).Read(Path.Combine(run.Folder, "prod.json"));
        var policy = production.Spec.Portfolio.Policy!.First;
        policy.Names.ShouldBe(production.Spec.Strategies.Select(s => s.Id!));
        var live = await LiveSession.RunAsync(new LiveRequest
        {
            Production = Path.Combine(run.Folder, "prod.json"),
            Feed = Address.Parse("csv:" + Bars),
            Out = Path.Combine(_folder, "live"),
            To = new DateTime(2022, 2, 10).Ticks,
            IgnoresChecks = true,
        }, TestCatalogues.All, TimeProvider.System, TestContext.Current.CancellationToken);
        live.Against!.IsSame.ShouldBeTrue();
        live.Ledger.Trades.Count.ShouldBeGreaterThan(5);
    }
}
