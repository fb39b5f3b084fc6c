using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>A run that traded nothing says so and why, and has no sentence of one that traded.</summary>
public sealed class EmptyRunsTests : IDisposable
{
    private const string Hold = """{ "class": "BuyAndHold", "sides": "long", "size": { "percentOfEquity": 90 } }""";
    private const string Cross =
        """{ "class": "SmaCross", "params": { "fast": [5, 8], "slow": [20, 30] }, "size": { "percentOfEquity": 90 } }""";
    private const string Costs = """ "execution": { "commissionPercent": 0.02 } """;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-empty-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private BatchSpec Spec(string strategies, string more) => new BatchReader(TestCatalogues.All).Read("empty.json",
        Encoding.UTF8.GetBytes($$"""
            { "name": "empty", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}",
              "symbols": ["ACME", "COINUSDT"], "timeframe": "1h" }, {{Costs}}, "strategies": [ {{strategies}} ], {{more}} }
            """), _folder);

    private async Task<JsonNode> BacktestAsync(string strategies, string more)
    {
        var folder = Path.Combine(_folder, "run");
        await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(Spec(strategies, more), new BatchOptions { Out = folder });
        return JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "results.json")))!;
    }

    private async Task<JsonNode> WalkForwardAsync(string strategies, string more)
    {
        var folder = Path.Combine(_folder, "run");
        await new WalkForwardRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(Spec(strategies, more),
            new BatchOptions { Out = folder }, null, TestContext.Current.CancellationToken);
        return JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "results.json")))!;
    }

    private static string[] Notes(JsonNode run) => [.. run["notes"]!.AsArray().Select(n => n!["sentence"]!.GetValue<string>())];

    // No check of the trading of a portfolio that never traded has a result, and no conclusion has one.
    private static void ShouldHaveNoResults(JsonNode run, string why)
    {
        run["portfolio"]!["stats"]!["trades"]!.GetValue<long>().ShouldBe(0);
        Notes(run).ShouldContain(n => n.StartsWith("The portfolio never held a position: ", StringComparison.Ordinal) && n.Contains(why));
        foreach (var check in (string[])["outOfSample", "deflatedSharpe", "costStress"])
        {
            run["evidence"]![check]!["state"]!.GetValue<string>().ShouldBe("missing", check);
            run["evidence"]![check]!["sentence"]!.GetValue<string>().ShouldContain(why, Case.Sensitive, check);
        }
        string[] conclusions = [.. run["guards"]!["conclusions"]!.AsArray().Select(c => c!.GetValue<string>())];
        conclusions.ShouldContain(c => c.StartsWith("There is no result on unseen bars: ", StringComparison.Ordinal) && c.Contains(why));
        conclusions.ShouldAllBe(c => !c.Contains("instead of") && !c.Contains("The portfolio's Sharpe ratio"));
    }

    [Fact]
    public async Task An_allocation_whose_strategies_entered_before_the_first_choice_says_so()
    {
        var run = await BacktestAsync(Hold,
            """ "portfolio": { "weights": "minimum-variance", "rebalance": { "every": "2w", "window": "8w" } } """);
        // The first choice, from results.json alone.
        var first = run["weights"]!["history"]![0]!["from"]!.GetValue<string>()[..10];
        ShouldHaveNoResults(run, $"of 2 signals of its strategies, 2 came before the portfolio traded, which it does from {first} on");
        if (run["allocations"] is not null)
            Notes(run).ShouldContain(n => n.StartsWith("The comparison of the weight rules is of the strategies' own accounts",
                StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_strategy_that_entered_before_the_portfolio_began_says_so_among_others_that_trade()
    {
        var run = await BacktestAsync($"{Hold}, {Cross}", """ "portfolio": { "weights": "equal", "from": "2022-07-01" } """);
        run["portfolio"]!["stats"]!["trades"]!.GetValue<long>().ShouldBeGreaterThan(0);
        Notes(run).ShouldContain(n => n.StartsWith(
            "2 of 10 strategies with a weight never traded in the portfolio, first BuyAndHold()@ACME", StringComparison.Ordinal)
            && n.Contains("from 2022-07-01 on"));
    }

    [Fact]
    public async Task A_portfolio_whose_limits_refuse_every_entry_gives_the_reason()
    {
        var run = await BacktestAsync(Cross,
            """ "portfolio": { "weights": "equal", "limits": { "restrictedSymbols": ["ACME", "COINUSDT"] } } """);
        ShouldHaveNoResults(run, "were refused (");
    }

    [Fact]
    public async Task A_walk_forward_in_which_no_window_chose_counts_no_choice_and_says_why()
    {
        var run = await WalkForwardAsync(Cross, """
            "walkForward": { "inSample": "8w", "outOfSample": "4w", "minTrades": 500 }, "portfolio": { "weights": "equal" }
            """);
        ShouldHaveNoResults(run, "no window chose anything, since no combination had at least 500 closed trades");
        Notes(run).ShouldAllBe(n => !n.Contains("parameters were chosen"));
        run["strategies"]!.AsArray().ShouldAllBe(s => s!["params"]!.AsObject().Count == 0);
        run["walkForward"]!["groups"]!.AsArray().ShouldAllBe(g => g!["stability"] == null);
    }

    [Fact]
    public async Task A_walk_forward_in_which_some_windows_chose_counts_these_alone()
    {
        // As many closed trades as some windows have.
        var run = await WalkForwardAsync(Cross, """
            "walkForward": { "inSample": "4w", "outOfSample": "4w", "minTrades": 12 }, "portfolio": { "weights": "equal" }
            """);
        var choices = run["walkForward"]!["groups"]!.AsArray().SelectMany(g => g!["choices"]!.AsArray()).ToList();
        var missing = choices.Count(c => c!["strategy"] == null);
        missing.ShouldBeInRange(1, choices.Count - 1);
        var windows = choices.Where(c => c!["strategy"] != null).Select(c => c!["chosenAt"]!.GetValue<string>()).Distinct().Count();
        Notes(run).ShouldContain(n => n.Contains($"parameters were chosen on one stretch and traded on the next, {windows} time"));
        Notes(run).ShouldContain(n => n.StartsWith($"{missing} of {choices.Count} choices could not be made", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_search_without_a_trial_that_qualifies_says_so()
    {
        var folder = Path.Combine(_folder, "run");
        await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(Spec("""
            { "class": "SmaCross", "symbols": "ACME", "search": { "method": "sobol", "trials": 4, "minTrades": 5000,
              "space": { "fast": [3, 20], "slow": [25, 60] } } }
            """, """ "seed": 2 """), new BatchOptions { Out = folder, Optimises = true });
        var run = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "results.json")))!;
        foreach (var check in (string[])["outOfSample", "deflatedSharpe", "costStress"])
            run["evidence"]![check]!["state"]!.GetValue<string>().ShouldBe("missing", check);
        Notes(run).ShouldContain(n => n.StartsWith("The portfolio is empty: the rule 'best' gave none of", StringComparison.Ordinal));
        run["search"]!["searches"]![0]!["conclusion"]!.GetValue<string>().ShouldBe(
            "No trial finished with a defined objective: there is no best trial.");
    }
}
