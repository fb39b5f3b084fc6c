using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.WalkForward;

/// <summary>A walk-forward follows <c>portfolio.weights</c>, or refuses them.</summary>
public sealed class WalkForwardWeightsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-weights-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BatchSpec Spec(string portfolio) => new BatchReader(TestCatalogues.All).Read("weights.json", Encoding.UTF8.GetBytes($$"""
        { "name": "weights", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}",
          "symbols": ["ACME", "COINUSDT", "DUNE"], "timeframe": "1h" }, "execution": { "commissionPercent": 0.02 },
          "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 8], "slow": [20, 30] }, "size": { "percentOfEquity": 90 } } ],
          "walkForward": { "inSample": "6w", "outOfSample": "4w" },
          "portfolio": {{portfolio}} }
        """), _folder);

    private async Task<(WalkForwardOutcome Outcome, JsonNode Results)> RunAsync(string portfolio)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("N"))).FullName;
        var (_, outcome) = await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(Spec(portfolio),
            new BatchOptions { Out = folder, Validation = false }, null, TestContext.Current.CancellationToken);
        return (outcome, JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "results.json")))!);
    }

    [Theory]
    [InlineData("""{ "weights": "regime" }""", "'regime' weighs strategies by their trades in a state of the market")]
    [InlineData("""{ "weights": { "SmaCross(fast=5,slow=20)@ACME:1h": 1 } }""", "the weights of single strategies are given")]
    public async Task Weights_that_a_walk_forward_cannot_know_are_refused(string portfolio, string sentence)
    {
        var refused = await Should.ThrowAsync<InputException>(() => RunAsync(portfolio));
        refused.Message.ShouldStartWith("weights.json, line 5, portfolio.weights: " + sentence);
        refused.Message.ShouldContain("name ");
    }

    [Theory]
    [InlineData("equal", "maxCorrelation", "0.5")]
    [InlineData("minimum-variance", "maxStrategies", "3")]
    [InlineData("score", "minTrades", "7")]
    [InlineData("score", "shrinkage", "0.5")]
    public async Task A_bound_that_the_rule_does_not_read_is_refused(string rule, string key, string value)
    {
        var refused = await Should.ThrowAsync<InputException>(() => RunAsync($$"""
            { "weights": "{{rule}}", "rebalance": { "every": "4w", "{{key}}": {{value}} } }
            """));
        refused.Message.ShouldStartWith($"weights.json, line 5, portfolio.rebalance.{key}: ");
        refused.Message.ShouldContain("leave it out");
    }

    [Fact]
    public async Task Winners_are_chosen_from_the_past_also_without_rebalance()
    {
        var (plain, _) = await RunAsync("""{ "weights": "winners" }""");
        var (over, _) = await RunAsync("""{ "weights": "winners", "rebalance": {} }""");
        var (equal, _) = await RunAsync("{ }");
        plain.Rows.Select(r => r.Equity).ShouldBe(over.Rows.Select(r => r.Equity));
        plain.Rows.Select(r => r.Equity).ShouldNotBe(equal.Rows.Select(r => r.Equity));
    }

    [Theory]
    [InlineData("winners", "")]
    [InlineData("equal", "")]
    [InlineData("score", ", \"maxCorrelation\": 1")]
    public async Task A_rule_over_time_chooses_from_the_groups_accounts_before_each_choice(string rule, string bound)
    {
        var (outcome, results) = await RunAsync($$"""
            { "weights": "{{rule}}", "rebalance": { "every": "4w", "window": "8w"{{bound}} } }
            """);
        var history = results["weights"]!["history"]!.AsArray();
        history.Count.ShouldBeGreaterThan(3);
        foreach (var choice in history)
        {
            var time = choice!["from"]!.GetValue<DateTime>().Ticks;
            var chosen = choice["chosen"]!.AsArray()
                .ToDictionary(c => c!["strategy"]!.GetValue<string>(), c => c!["weight"]!.GetValue<double>());
            var expected = outcome.Groups.ToDictionary(g => g.Name, g => Raw(rule, g.Trace!, time, outcome.Groups.Count));
            var sum = rule == "score" && expected.Values.Sum() is > 0 and var all ? all : 1;
            foreach (var (name, raw) in expected)
                chosen.GetValueOrDefault(name).ShouldBe(raw / sum, 1e-9, $"{rule} {choice["from"]} {name}");
        }
    }

    // Eight weeks before the choice: 1 for a gain, the mean over the deviation for a score.
    private static double Raw(string rule, EquityTrace trace, long time, int groups)
    {
        var (at, weeks) = (time / trace.PeriodTicks, 8);
        double Equity(long period) => trace.EquityAt(period);
        if (rule == "equal") return 1.0 / groups;
        if (rule == "winners") return Equity(at - 1) > Equity(at - weeks - 1) ? 1 : 0;
        double[] returns = [.. Enumerable.Range(0, weeks).Select(w => Equity(at - weeks + w) / Equity(at - weeks + w - 1) - 1)];
        var mean = returns.Average();
        return mean <= 0 ? 0 : mean / Math.Sqrt(returns.Sum(r => (r - mean) * (r - mean)) / (weeks - 1));
    }

    [Fact]
    public async Task Weights_change_the_account_and_their_absence_is_equal_weights()
    {
        string Digest(JsonNode results) => results["digest"]!.GetValue<string>();
        var equal = Digest((await RunAsync("""{ "weights": "equal" }""")).Results);
        Digest((await RunAsync("{ }")).Results).ShouldBe(equal);
        List<string> others = [];
        foreach (var rule in (string[])["score", "matching-pursuit", "risk-parity", "winners"])
            others.Add(Digest((await RunAsync($$"""{ "weights": "{{rule}}", "rebalance": { "every": "4w", "window": "8w" } }""")).Results));
        others.ShouldNotContain(equal);
        others.ShouldBeUnique();
    }
}
