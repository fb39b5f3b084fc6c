using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Json;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Long while the market is in the highest state of a machine; only for tests.</summary>
[Strategy("Long in a machine's highest state; only for tests.")]
public sealed class StateFollower : Strategy
{
    private readonly Factor _state;
    private readonly int _highest;

    public StateFollower(string machine = "short", int highest = 2)
    {
        _state = Use($"state({machine})");
        _highest = highest;
    }

    public override void OnBar(StrategyContext bar)
    {
        if (bar[_state] >= _highest) bar.Go(Side.Buy);
        else bar.Exit();
    }
}

public sealed class WeightsOverTimeTests(WeightsOverTimeTests.Runs shared) : IClassFixture<WeightsOverTimeTests.Runs>, IDisposable
{
    /// <summary>Runs of the whole record that several tests look at, each made by the first of them, on two threads.</summary>
    public sealed class Runs : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("granary-weightings-").FullName;
        private readonly Dictionary<string, Task<(string Folder, JsonElement Results, string Digest)>> _runs = new(StringComparer.Ordinal);

        /// <summary>The sweep, weighted again each quarter by a rule.</summary>
        public Task<(string Folder, JsonElement Results, string Digest)> OfRule(string rule) => Of(rule, () => Ruled(rule));

        /// <summary>Strategies that follow states, one of them of a machine that is missing.</summary>
        public Task<(string Folder, JsonElement Results, string Digest)> OfStates => Of("states", () => Spec("""
            { "class": "StateFollower", "params": { "machine": ["short", "long"] } }, { "class": "StateFollower",
              "params": { "machine": "hidden", "highest": 1 } }, { "class": "StateFollower", "params": { "machine": "none" } }
            """, "\"weights\": \"equal\"", Regimes));

        public void Dispose() => Directory.Delete(_folder, recursive: true);

        private Task<(string Folder, JsonElement Results, string Digest)> Of(string name, Func<BatchSpec> spec)
        {
            if (!_runs.TryGetValue(name, out var run)) _runs[name] = run = BacktestAsync(Path.Combine(_folder, name), spec(), 2);
            return run;
        }
    }

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-weights-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static BatchSpec Ruled(string rule, string to = "") => Spec(Sweep,
        $"\"weights\": \"{rule}\", {RebalanceOf(rule)}", to: to);

    private static string RebalanceOf(string rule) => WeightMethods.IsAllocation(rule) ? Bounded
        : rule == WeightMethods.Regime ? ByState : Quarterly;

    private const string Sweep = """
        { "class": "SmaCross", "params": { "fast": [5, 8, 13], "slow": [20, 30, 50] }, "size": { "percentOfEquity": 50 } },
        { "class": "RsiReversion", "sides": "long", "params": { "period": [7, 14] }, "size": { "percentOfEquity": 50 } },
        { "class": "DonchianBreakout", "params": { "period": [20, 55] }, "size": { "percentOfEquity": 50 } }
        """;

    private static BatchSpec Spec(string strategies, string portfolio, string more = "", string? source = null, string to = "") =>
        new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes(
        $$"""
        { "name": "test", "data": { "source": "csv:{{source ?? Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}",
          "symbols": ["ACME", "COINUSDT"], "timeframe": "1h"{{to}} },
          "strategies": [ {{strategies}} ], "portfolio": { {{portfolio}} } {{more}} }
        """), Path.GetTempPath());

    private Task<(string Folder, JsonElement Results, string Digest)> RunAsync(string name, BatchSpec spec, int threads = 2) =>
        BacktestAsync(Path.Combine(_folder, name), spec, threads);

    private static async Task<(string Folder, JsonElement Results, string Digest)> BacktestAsync(string folder, BatchSpec spec, int threads)
    {
        var run = await new BatchRunner(new EmbeddedHost(threads), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = folder, Validation = false });
        return (folder, JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "results.json"))).RootElement, run.Model.Digest);
    }

    private const string Quarterly = "\"rebalance\": { \"every\": \"6w\", \"window\": \"20w\", \"maxStrategies\": 5 }";

    // A regime alone counts trades.
    private const string ByState = "\"rebalance\": { \"every\": \"6w\", \"window\": \"20w\", \"minTrades\": 2 }";

    private const string Bounded = "\"rebalance\": { \"every\": \"6w\", \"window\": \"20w\", \"maxSymbolWeight\": 0.6, "
        + "\"turnoverPenalty\": 0.0001 }";

    [Fact]
    public async Task Weight_rules_are_compared_if_the_outputs_ask_for_it_and_on_any_number_of_threads()
    {
        var (folder, results, _) = await shared.OfRule("risk-parity");
        var compared = results.GetProperty("allocations");
        compared.GetProperty("chosen").GetString().ShouldBe("risk-parity");
        compared.GetProperty("rules").GetArrayLength().ShouldBe(9);
        File.ReadLines(Path.Combine(folder, "allocations.csv")).Count().ShouldBe(10);
        // The comparison and the portfolio have the same last weights.
        var weights = results.GetProperty("strategies").EnumerateArray().Where(s => s.GetProperty("weight").GetDouble() != 0)
            .ToDictionary(s => s.GetProperty("id").GetString()!, s => s.GetProperty("weight").GetDouble());
        compared.GetProperty("risk").GetProperty("contributions").EnumerateArray()
            .ToDictionary(c => c.GetProperty("strategy").GetString()!, c => c.GetProperty("weight").GetDouble())
            .ShouldBe(weights, ignoreOrder: true);

        var single = await BacktestAsync(Path.Combine(_folder, "single"), Ruled("risk-parity"), 1);
        single.Results.GetProperty("allocations").GetRawText().ShouldBe(compared.GetRawText());
        var without = await BacktestAsync(Path.Combine(_folder, "without"),
            Ruled("risk-parity") with { Outputs = new OutputSet { Names = ["results", "equity"] } }, 2);
        without.Results.TryGetProperty("allocations", out _).ShouldBeFalse();
        File.Exists(Path.Combine(without.Folder, "allocations.csv")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("matching-pursuit")]
    [InlineData("regime")]
    [InlineData("winners")]
    [InlineData("maximum-sharpe")]
    [InlineData("risk-parity")]
    [InlineData("hierarchical-risk-parity")]
    public async Task Weights_over_time_come_from_the_past_alone(string rule)
    {
        var whole = await shared.OfRule(rule);
        // Without the last half year every choice before it is the same, and so is every trade that was closed by then.
        var cut = await RunAsync("cut", Ruled(rule, ", \"to\": \"2023-01-02\""));
        var history = whole.Results.GetProperty("weights").GetProperty("history").EnumerateArray().ToList();
        var shorter = cut.Results.GetProperty("weights").GetProperty("history").EnumerateArray().ToList();
        shorter.Count.ShouldBeInRange(3, history.Count - 2);
        for (var i = 0; i < shorter.Count; i++) shorter[i].GetRawText().ShouldBe(history[i].GetRawText());
        var before = Trades(cut.Folder, "2023-01-01");
        before.Count.ShouldBeGreaterThan(5);
        Trades(whole.Folder, "2023-01-01").ShouldBe(before);
        // And nothing is traded before the first choice.
        var first = history[0].GetProperty("from").GetString()!;
        File.ReadLines(Path.Combine(whole.Folder, "portfolio_trades.csv")).Skip(1)
            .ShouldAllBe(l => string.CompareOrdinal(Entry(l), first) >= 0);
    }

    private static string[] Fields(string line) => line[(line.LastIndexOf("\",", StringComparison.Ordinal) + 2)..].Split(',');

    private static string Entry(string line) => Fields(line)[3];

    private static List<string> Trades(string folder, string before) =>
        [.. File.ReadLines(Path.Combine(folder, "portfolio_trades.csv")).Skip(1)
            .Where(l => string.CompareOrdinal(Fields(l)[5], before) < 0 && !l.Contains("open", StringComparison.Ordinal))];

    [Fact]
    public async Task Matching_pursuit_holds_few_strategies_whose_weights_add_up_to_one()
    {
        var run = await shared.OfRule("matching-pursuit");
        foreach (var step in run.Results.GetProperty("weights").GetProperty("history").EnumerateArray())
        {
            var chosen = step.GetProperty("chosen").EnumerateArray().Select(c => c.GetProperty("weight").GetDouble()).ToList();
            chosen.Count.ShouldBeInRange(1, 5);
            chosen.Sum().ShouldBe(1, 1e-9);
        }
        var production = JsonPart.Parse("prod.json", File.ReadAllBytes(Path.Combine(run.Folder, "prod.json")));
        production.Need("strategies").List().Sum(s => s.Need("weight").Number()).ShouldBe(1, 1e-9);
    }

    [Fact]
    public async Task An_allocation_method_reports_the_risk_of_its_last_choice_and_prod_json_has_its_weights()
    {
        var run = await shared.OfRule("risk-parity");
        var section = run.Results.GetProperty("weights");
        var last = section.GetProperty("history").EnumerateArray().Last().GetProperty("chosen").EnumerateArray()
            .ToDictionary(c => c.GetProperty("strategy").GetString()!, c => c.GetProperty("weight").GetDouble());
        last.Values.Sum().ShouldBe(1, 1e-9);
        last.Where(w => w.Key.Contains("@COINUSDT", StringComparison.Ordinal)).Sum(w => w.Value).ShouldBeLessThanOrEqualTo(0.6 + 1e-9);
        var risk = section.GetProperty("risk");
        risk.GetProperty("periods").GetInt32().ShouldBe(20);
        risk.GetProperty("volatility").GetDouble().ShouldBeGreaterThan(0);
        var shares = risk.GetProperty("contributions").EnumerateArray().ToList();
        shares.Sum(c => c.GetProperty("share").GetDouble()).ShouldBe(1, 1e-9);
        foreach (var share in shares) last[share.GetProperty("strategy").GetString()!].ShouldBe(share.GetProperty("weight").GetDouble());
        var production = JsonPart.Parse("prod.json", File.ReadAllBytes(Path.Combine(run.Folder, "prod.json")));
        foreach (var strategy in production.Need("strategies").List())
            strategy.Need("weight").Number().ShouldBe(last[strategy.Need("id").String()]);
        production.Need("evidence").Need("outOfSample").Need("sentence").String().ShouldContain("from the past alone");
    }

    [Fact]
    public async Task The_regime_rule_refuses_signals_in_states_that_had_cost_money_and_prod_json_says_which()
    {
        var run = await shared.OfRule("regime");
        var signals = File.ReadAllText(Path.Combine(run.Folder, "signals.csv"));
        signals.ShouldContain("accepted");
        signals.ShouldContain("weight-zero");
        var production = JsonPart.Parse("prod.json", File.ReadAllBytes(Path.Combine(run.Folder, "prod.json")));
        var plan = RegimeReader.Read(production.Need("regimes"), TestCatalogues.All.Factors);
        foreach (var strategy in production.Need("strategies").List())
            strategy.Need("weightByState").Members.Select(m => m.Name).ShouldBe(plan.States);
    }

    [Fact]
    public async Task Weights_over_time_are_the_same_on_any_number_of_threads()
    {
        foreach (var rule in new[] { "matching-pursuit", "regime", "risk-parity" })
        {
            // The files that are written do not change the digest.
            var spec = Spec(Sweep, $"\"weights\": \"{rule}\", {RebalanceOf(rule)}", ", \"outputs\": [\"results\"]");
            (await RunAsync(rule + "1", spec, 1)).Digest.ShouldBe((await shared.OfRule(rule)).Digest);
        }
    }

    [Fact]
    public async Task A_window_longer_than_the_record_weights_nothing_and_says_so()
    {
        var run = await RunAsync("run", Spec(Sweep, "\"weights\": \"matching-pursuit\", \"rebalance\": { \"window\": \"5y\" }"));
        run.Results.GetProperty("strategies").GetArrayLength().ShouldBeGreaterThan(0);
        run.Results.GetProperty("strategies").EnumerateArray().ShouldAllBe(s => s.GetProperty("weight").GetDouble() == 0);
        File.ReadAllText(Path.Combine(run.Folder, "report.html")).ShouldContain("no more than the window");
    }

    [Fact]
    public void A_span_of_time_that_cannot_be_read_is_answered_with_how_it_is_written()
    {
        var fault = Should.Throw<InputException>(() => Spec(Sweep, "\"weights\": \"regime\", \"rebalance\": { \"every\": \"soon\" }"));
        fault.Message.ShouldContain("portfolio.rebalance.every");
        fault.Message.ShouldContain("13w");
        Should.Throw<InputException>(() => Spec(Sweep, "\"weights\": \"regimes\"")).Message.ShouldContain("did you mean 'regime'?");
    }

    private const string Regimes = """
        , "regimes": { "machines": [
            { "name": "short", "measure": "sma(10)", "against": "sma(30)", "enterPercent": 0.5, "leavePercent": 0.1, "dwell": 3 },
            { "name": "long", "measure": "sma(30)", "against": "sma(100)", "enterPercent": 1, "leavePercent": 0.2, "dwell": 10 },
            { "name": "hidden", "hiddenMarkov": { "states": ["down", "up"], "window": 500, "refit": 500 } } ],
          "rules": [ { "when": { "short": "bullish", "long": "bullish" }, "state": "go" } ], "otherwise": "wait" }
        """;

    [Fact]
    public async Task States_of_declared_machines_are_factors_of_strategies()
    {
        var run = await shared.OfStates;
        var strategies = run.Results.GetProperty("strategies").EnumerateArray().ToList();
        strategies.Take(6).ShouldAllBe(s => s.GetProperty("stats").GetProperty("trades").GetInt64() > 3);
        strategies[^1].GetProperty("error").GetString()!.ShouldContain("state(none): the regimes have no machine 'none'");
        // Beside each entry the state is the one that was asked for.
        var factors = File.ReadLines(Path.Combine(run.Folder, "factors.csv")).ToList();
        factors.Count.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task The_report_draws_the_states_under_the_price_with_their_transitions_and_how_far_the_hidden_model_agrees()
    {
        var run = await shared.OfStates;
        var chart = run.Results.GetProperty("regimes").GetProperty("charts")[0];
        foreach (var machine in chart.GetProperty("machines").EnumerateArray())
            foreach (var state in machine.GetProperty("statistics").EnumerateArray())
                if (state.GetProperty("spells").GetInt32() > 0)
                    state.GetProperty("to").EnumerateArray().Sum(t => t.ValueKind == JsonValueKind.Number ? t.GetDouble() : 0)
                        .ShouldBeInRange(0.99, 1.01, state.GetRawText());
        chart.GetProperty("agreement").EnumerateArray().Select(a => a.GetProperty("second").GetString()).ShouldContain("hidden");
        var report = File.ReadAllText(Path.Combine(run.Folder, "report.html"));
        report.ShouldContain("bullish");
        report.ShouldContain("hidden");
    }

    [Fact]
    public async Task The_section_of_regimes_shows_the_bars_of_the_run_and_not_those_that_only_warm_up()
    {
        var whole = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "test", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}", "symbols":
              ["ACME"],
                "timeframe": "1h", "from": "2022-06-01", "to": "2022-09-01" }, "strategies": [ { "class": "SmaCross" } ] {{Regimes}} }
            """), Path.GetTempPath());
        var run = await RunAsync("run", whole);
        var chart = run.Results.GetProperty("regimes").GetProperty("charts")[0];
        var times = chart.GetProperty("time").EnumerateArray().Select(t => t.GetInt64()).ToList();
        times[0].ShouldBeGreaterThanOrEqualTo(new DateTime(2022, 6, 1).Ticks);
        times[0].ShouldBeLessThan(new DateTime(2022, 6, 4).Ticks);
        // The machines are warm at the first of them.
        chart.GetProperty("machines")[0].GetProperty("states")[0].GetInt32().ShouldBeGreaterThanOrEqualTo(0);
    }
}

internal static class Calling
{
    public static void Also<T>(this T value, Action<T> action) => action(value);
}
