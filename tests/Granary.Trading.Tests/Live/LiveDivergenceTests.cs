using System.Text;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Data.Brokers;
using Granary.Simulation.Batches;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

public sealed class LiveDivergenceTests : IDisposable
{
    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private static double Of(LiveDivergence gap, string cause) => gap.Causes.Single(c => c.Cause == cause).Amount;

    private static void AddsUp(LiveDivergence gap, LiveRun live)
    {
        foreach (var t in gap.Trades) t.Total.ShouldBe(t.Parts.Sum(p => p.Amount), 1e-6);
        gap.Causes.Sum(c => c.Amount).ShouldBe(gap.Total, 1e-6);
        (gap.Live - gap.Backtest).ShouldBe(gap.Total, 1e-6);
        // And it is the account's: nothing is left over.
        gap.Live.ShouldBe(live.Status.AccountEquity - 100_000, 1e-4);
    }

    [Fact]
    public async Task With_a_perfect_venue_there_is_no_gap()
    {
        var backtest = await _under.BacktestAsync();
        var live = await _under.LiveAsync(backtest);
        var gap = LiveDivergence.Of(backtest.Folder, live.Run.Folder);
        gap.Total.ShouldBe(0, 1e-6);
        gap.Trades.ShouldAllBe(t => Math.Abs(t.Total) < 1e-6);
        AddsUp(gap, live);
    }

    [Fact]
    public async Task A_trade_that_was_closed_in_part_at_the_end_is_two_trades_of_backtest_and_account()
    {
        var backtest = await _under.BacktestAsync("""
            { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 30] }, "size": { "percentOfEquity": 20 },
              "takeProfit": [{ "percent": 0.3, "share": 0.5 }, { "percent": 50 }] }
            """, more: """, "portfolio": { "weights": "equal" }""");
        var live = await _under.LiveAsync(backtest);
        var gap = LiveDivergence.Of(backtest.Folder, live.Run.Folder);
        gap.Trades.GroupBy(t => (t.Strategy, t.Symbol, t.EntryTime)).ShouldContain(g => g.Count() == 2);
        gap.Trades.SelectMany(t => t.Parts).ShouldAllBe(p => Math.Abs(p.Amount) < 1e-6);
        AddsUp(gap, live);
    }

    // Bars of 4 hours open by the clock, at 12:00, and the market of ACME in between.
    [Fact]
    public async Task A_strategy_of_longer_bars_than_the_session_has_neither_another_time_nor_another_program()
    {
        var backtest = await _under.BacktestAsync("""
            { "class": "SmaCross", "params": { "fast": [3, 5], "slow": [8, 13, 20] }, "timeframe": ["1h", "4h"],
              "size": { "percentOfEquity": 5 } }
            """, """["ACME", "DUNE"]""", "2022-04-10", """, "portfolio": { "weights": "equal" }""");
        var live = await _under.LiveAsync(backtest, with: r => r with { To = new DateTime(2022, 4, 10).Ticks });
        var causes = JsonNode.Parse(File.ReadAllText(Path.Combine(live.Run.Folder, "against_backtest.json")))!["causes"]!.AsObject();
        // The slippage stays within a bar, and the first hour has a smaller range than the four.
        Math.Abs((double)causes["fillPrice"]!).ShouldBeGreaterThan(0.001);
        foreach (var (cause, amount) in causes.Where(c => c.Key is not ("fillPrice" or "cost")))
            ((double)amount!).ShouldBe(0, 1e-6, cause);
        File.ReadLines(Path.Combine(live.Run.Folder, "account_gap.csv")).ShouldContain(l => l.Contains(":4h", StringComparison.Ordinal)
            && l.Contains("T12:00:00Z", StringComparison.Ordinal) && l.Contains("T14:00:00Z", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bars_that_a_session_has_not_had_are_data_and_no_other_cause()
    {
        var backtest = await _under.BacktestAsync("""
            { "class": "SmaCross", "params": { "fast": [3, 5], "slow": [8, 13, 20] }, "timeframe": ["1h", "4h"],
              "size": { "percentOfEquity": 5 } }
            """, """["ACME", "DUNE"]""", "2022-04-10", """, "portfolio": { "weights": "equal" }""");
        var shorter = await _under.LiveAsync(backtest, "shorter", r => r with { To = new DateTime(2022, 3, 1).Ticks });
        var missing = LiveDivergence.Of(backtest.Folder, shorter.Run.Folder);
        AddsUp(missing, shorter);
        (Of(missing, "timing"), Of(missing, "unexplained")).ShouldBe((0, 0));
        Math.Abs(Of(missing, "data")).ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Each_effect_of_the_venue_has_a_name_and_all_effects_add_up_to_the_gap()
    {
        var backtest = await _under.BacktestAsync();
        async Task<LiveDivergence> With(string name, string paper)
        {
            var live = await _under.LiveAsync(backtest, name, r => r with { BrokerOptions = paper });
            var gap = LiveDivergence.Of(backtest.Folder, live.Run.Folder);
            AddsUp(gap, live);
            Of(gap, "data").ShouldBe(0, 1e-6);
            Of(gap, "weight").ShouldBe(0);
            return gap;
        }
        var refused = await With("refused", "reject=0.2");
        Of(refused, "refusal").ShouldNotBe(0);
        refused.Trades.ShouldContain(t => t.Why.StartsWith("rejected: refused at random"));
        var late = await With("late", "latency=10m");
        Of(late, "fill price").ShouldNotBe(0);
        Of(late, "missed fill").ShouldBe(0, 1e-6);
        var slow = await With("slow", "latency=90m");
        Of(slow, "timing").ShouldNotBe(0);
        await With("all", "seed=9,latency=40m,reject=0.1,partial=0.4,timeout=0.1");
    }

    [Fact]
    public async Task Other_weights_and_other_bars_have_theirs()
    {
        var backtest = await _under.BacktestAsync();
        var prod = JsonNode.Parse(File.ReadAllText(Path.Combine(backtest.Folder, "prod.json")))!;
        var path = Path.Combine(_under.Folder, "heavier.json");
        prod["strategies"]![0]!["weight"] = 0.05;
        prod["portfolio"]!.AsObject().Remove("limits");
        File.WriteAllText(path, prod.ToJsonString());
        var free = await _under.BacktestAsync(more: """, "portfolio": { "weights": "equal" }""");
        var heavier = await _under.LiveAsync(free, "heavier", r => r with { Production = path });
        var gap = LiveDivergence.Of(free.Folder, heavier.Run.Folder);
        AddsUp(gap, heavier);
        Of(gap, "weight").ShouldNotBe(0);
        // The other trades have other sizes, since they are shares of another equity. The bars are the same.
        Of(gap, "weight").ShouldBe(gap.Total, 1e-6);
        gap.Trades.Where(t => Math.Abs(t.Weight) > 1).ShouldAllBe(t => t.Strategy == prod["strategies"]![0]!["id"]!.ToString());

        // The last week did not come.
        var shorter = await _under.LiveAsync(backtest, "shorter", r => r with { To = new DateTime(2022, 2, 3).Ticks });
        var missing = LiveDivergence.Of(backtest.Folder, shorter.Run.Folder);
        AddsUp(missing, shorter);
        Of(missing, "data").ShouldBe(missing.Total, 1e-6);
        missing.Trades.ShouldContain(t => t.Why == "only in the backtest");

        // Over the same bars only the operator or a model can have made such a difference, and the session has no fact of them.
        var operated = LiveDivergence.Of(backtest.Folder, shorter.Run.Folder, isOfSameBars: true);
        (Of(operated, "data"), Of(operated, "unexplained")).ShouldBe((0, Of(missing, "data")));
    }

    [Fact]
    public async Task Another_version_of_the_model_has_its_own()
    {
        BatchSpec Learned(string to) => new BatchReader(TestCatalogues.All).Read("learned.json", Encoding.UTF8.GetBytes($$"""
            { "name": "learned", "data": { "source": "csv:{{SessionUnderTest.Bars}}", "symbols": ["COINUSDT"], "timeframe": "1h",
              "to": "{{to}}" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [2, 3], "slow": 6 }, "sides": "both",
                "size": { "cash": 10000 } } ], "portfolio": { "weights": "equal" },
              "learning": { "trainer": "logistic", "label": { "kind": "direction", "bars": 3 }, "apply": { "rule": "gate", "buyAbove": 0.5,
                "sellBelow": 0.5 } } }
            """), _under.Folder);
        // Two configurations that differ in the model's version alone, over the months after both were trained.
        async Task<string> Configured(string name, string learnedTo)
        {
            var run = await _under.RunAsync(Learned(learnedTo), name);
            var prod = JsonNode.Parse(File.ReadAllText(Path.Combine(run.Folder, "prod.json")))!;
            prod["data"]!["from"] = "2022-05-01";
            prod["data"]!["to"] = "2022-07-01";
            var path = Path.Combine(_under.Folder, name + "-prod.json");
            File.WriteAllText(path, prod.ToJsonString());
            return path;
        }
        var (older, newer) = (await Configured("older", "2022-03-01"), await Configured("newer", "2022-05-01"));
        File.ReadAllText(older).ShouldContain(":1\"");
        File.ReadAllText(newer).ShouldContain(":2\"");
        var backtest = await _under.RunAsync(new BatchReader(TestCatalogues.All).Read(older), "planned");
        LiveRequest Over(LiveRequest r, string prod) =>
            r with { Production = prod, From = new DateTime(2022, 5, 1).Ticks, To = new DateTime(2022, 7, 1).Ticks };
        var same = await _under.LiveAsync(backtest, "same", r => Over(r, older));
        LiveDivergence.Of(backtest.Folder, same.Run.Folder).Total.ShouldBe(0, 1e-6);

        var live = await _under.LiveAsync(backtest, "live", r => Over(r, newer));
        var gap = LiveDivergence.Of(backtest.Folder, live.Run.Folder);
        AddsUp(gap, live);
        Of(gap, "model version").ShouldNotBe(0);
        Of(gap, "model version").ShouldBe(gap.Total, 1e-6);
        gap.Trades.ShouldContain(t => t.Model != 0 && t.Why == "only in the backtest");
        gap.Trades.ShouldContain(t => t.Model != 0 && t.Why == "only in the live run");
    }
}
