using Granary.Backtesting.Runs;
using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Market;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Engine.Strategies.Library;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Weights;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

public sealed class LiveMatchesBacktestTests : IDisposable
{
    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    [Fact]
    public async Task A_live_run_has_the_digest_of_the_backtest_over_the_same_bars_and_a_perfect_venue_makes_its_very_trades()
    {
        var backtest = await _under.BacktestAsync();
        var live = await _under.LiveAsync(backtest);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        SameLines(live.Run.Folder, backtest.Folder, "portfolio_trades.csv", "equity.csv", "signals.csv", "trades.csv");
        // The account's trades are the portfolio's: same prices, same quantities, same times.
        Closed(live.Run.Folder, "account_trades.csv").ShouldBe(Closed(backtest.Folder, "portfolio_trades.csv"));
        live.Status.AccountEquity.ShouldBe(live.Status.ModelEquity, 1e-6);
        live.Against!.IsSame.ShouldBeTrue();
        live.Against.Equity.ShouldBe(backtest.Model.Portfolio!.FinalEquity);
        live.Against.Sentence.ShouldEndWith(": no difference");
        live.Ledger.Trades.Count.ShouldBeGreaterThan(50);
        live.Status.Unknown.ShouldBe(0);
        live.Status.Differences.ShouldBe(0);
    }

    [Fact]
    public async Task Targets_in_parts_and_over_time_ranges_entry_orders_and_steps_trade_live_as_in_the_backtest()
    {
        var backtest = await _under.BacktestAsync(SessionUnderTest.Exits);
        backtest.Model.Strategies.ShouldAllBe(s => s.Error == null && s.Stats!.Trades > 4);
        var live = await _under.LiveAsync(backtest);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        SameLines(live.Run.Folder, backtest.Folder, "portfolio_trades.csv", "equity.csv", "signals.csv", "trades.csv");
        live.Status.AccountEquity.ShouldBe(live.Status.ModelEquity, 1e-6 * live.Status.ModelEquity);
        live.Against!.IsSame.ShouldBeTrue();
        live.Status.Differences.ShouldBe(0);
        // Some trades of the account were closed at several targets.
        live.Ledger.Trades.Values.Count(t => t.Why == "target").ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task A_part_that_a_manual_order_closes_is_closed_in_the_account_too()
    {
        // The allocation buys and sells parts of its positions each day.
        var backtest = await _under.BacktestAsync("""
            { "class": "SymbolAllocation", "params": { "window": 48, "every": "1d", "percent": 60, "band": 0.1 } }
            """, more: """, "portfolio": { "weights": "equal" }""");
        var live = await _under.LiveAsync(backtest);
        SameLines(live.Run.Folder, backtest.Folder, "trades.csv", "signals.csv", "portfolio_trades.csv", "equity.csv");
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Ledger.TrackedOrders.Count(t => t.Order.Closes is not null).ShouldBeGreaterThan(10);
        var open = CsvRows.Of(Path.Combine(backtest.Folder, "portfolio_trades.csv")).Where(t => t["exit_reason"] == "open")
            .ToLookup(t => t["symbol"], t => double.Parse(t["quantity"], System.Globalization.CultureInfo.InvariantCulture));
        open.Count.ShouldBe(2);
        foreach (var symbol in open) live.Ledger.Positions[symbol.Key].ShouldBe(symbol.Sum(), 1e-6 * symbol.Sum(), symbol.Key);
    }

    [Fact]
    public async Task Weights_by_state_trade_live_as_in_a_backtest_of_the_configuration()
    {
        var chosen = await _under.BacktestAsync(more: """
            , "portfolio": { "weights": "regime", "rebalance": { "every": "1w", "window": "2w", "minTrades": 2 } }
            """);
        var production = new ProductionReader(TestCatalogues.All).Read(Path.Combine(chosen.Folder, "prod.json")).Spec;
        var backtest = await _under.RunAsync(production with
        {
            Data = production.Data with { To = DateTime.Parse("2022-02-10", System.Globalization.CultureInfo.InvariantCulture).Ticks },
        }, "given");
        File.ReadAllText(Path.Combine(backtest.Folder, "signals.csv")).ShouldContain("weight-zero");
        var live = await _under.LiveAsync(chosen);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        SameLines(live.Run.Folder, backtest.Folder, "portfolio_trades.csv", "equity.csv", "signals.csv");
        live.Against!.IsSame.ShouldBeTrue();
    }

    [Fact]
    public async Task Entries_once_a_day_that_expire_are_those_of_the_backtest()
    {
        const string Dips = """
            { "class": "LimitEntries", "params": { "percent": 0.4 }, "size": { "percentOfEquity": 20 }, "maxBars": 3,
              "entryEvery": "1d", "signalValid": "150m" }
            """;
        var backtest = await _under.BacktestAsync(Dips);
        var text = backtest.Model.BatchText.Replace("\"entryEvery\": \"1d\", ", "", StringComparison.Ordinal);
        var often = await _under.RunAsync(
            new BatchReader(TestCatalogues.All).Read("live.json", System.Text.Encoding.UTF8.GetBytes(text), Path.GetTempPath()), "often");
        var signals = File.ReadLines(Path.Combine(backtest.Folder, "signals.csv")).Skip(1).Select(l => l.Split(',')).ToList();
        signals.Count.ShouldBeInRange(50, File.ReadLines(Path.Combine(often.Folder, "signals.csv")).Count() - 50);
        signals.Count(s => s.Contains("expired")).ShouldBeGreaterThan(10);
        var production = new ProductionReader(TestCatalogues.All).Read(Path.Combine(backtest.Folder, "prod.json")).Spec;
        production.Strategies.ShouldAllBe(s => s.Trading.EntryEvery == Timeframe.D1 && s.Trading.SignalValid == TimeSpan.FromMinutes(150));
        var live = await _under.LiveAsync(backtest);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Against!.IsSame.ShouldBeTrue();
        live.Against.Equity.ShouldBe(backtest.Model.Portfolio!.FinalEquity);
    }

    [Fact]
    public async Task The_session_compares_itself_with_a_real_backtest_of_its_bars_and_names_the_causes_of_the_difference()
    {
        var backtest = await _under.BacktestAsync();
        var refused = await _under.LiveAsync(backtest, with: r => r with { BrokerOptions = "reject=0.2" });
        var against = refused.Against!;
        against.Equity.ShouldBe(backtest.Model.Portfolio!.FinalEquity);
        against.IsSame.ShouldBeTrue();
        against.Gap.Causes.Sum(c => c.Amount).ShouldBe(refused.Status.AccountEquity - against.Equity, 1e-4);
        against.Sentence.ShouldContain("refusal");
        File.ReadAllText(Path.Combine(refused.Run.Folder, SessionBacktest.File)).ShouldContain("refusal");

        // The session's own portfolio follows the weights that its operator gave it; the backtest of its configuration does not.
        var weights = Directory.CreateDirectory(Path.Combine(_under.Folder, "weights")).FullName;
        var production = new ProductionReader(TestCatalogues.All).Read(Path.Combine(backtest.Folder, "prod.json"));
        await new FileWeights(weights, TimeProvider.System).SetAsync(
            production.Spec.Name, 0, production.Spec.Portfolio.FixedWeights!.ToDictionary(w => w.Key, _ => 0.0), "test", "off");
        var off = await _under.LiveAsync(backtest, "off", r => r with { Weights = weights });
        off.Status.ModelEquity.ShouldBe(100_000);
        off.Against!.Equity.ShouldBe(backtest.Model.Portfolio!.FinalEquity);
        off.Against.IsSame.ShouldBeFalse();
    }

    [Fact]
    public async Task A_strategy_without_weight_trades_as_soon_as_the_operator_gives_it_one()
    {
        const string Two = """
            { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "timeframe": "4h", "size": { "percentOfEquity": 20 } },
            { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "timeframe": "1h", "size": { "percentOfEquity": 20 } }
            """;
        const string Equal = """, "portfolio": { "weights": "equal" }""";
        var backtest = await _under.BacktestAsync(Two, """["COINUSDT"]""", more: Equal);
        var file = Path.Combine(backtest.Folder, "prod.json");
        var json = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        var hourly = json["strategies"]!.AsArray().Single(s => s!["timeframe"]!.ToString() == "1h")!;
        hourly["weight"] = 0;
        await File.WriteAllTextAsync(file, json.ToJsonString(), TestContext.Current.CancellationToken);
        var without = await _under.LiveAsync(backtest, "without");
        without.Ledger.Trades.Values.Select(t => t.Strategy).Distinct().Count().ShouldBe(1);
        without.Against!.IsSame.ShouldBeTrue();

        var weights = Directory.CreateDirectory(Path.Combine(_under.Folder, "given")).FullName;
        await new FileWeights(weights, TimeProvider.System).SetAsync(
            new ProductionReader(TestCatalogues.All).Read(file).Spec.Name, 0,
            new Dictionary<string, double> { [hourly["id"]!.ToString()] = 0.5 }, "test", "on");
        var given = await _under.LiveAsync(backtest, "given-run", r => r with { Weights = weights });
        var own = given.Ledger.Trades.Values.Where(t => t.Strategy == hourly["id"]!.ToString()).ToList();
        own.Count.ShouldBeGreaterThan(20);
        // Its market is marked at its own bars from then on.
        File.ReadAllLines(Path.Combine(given.Run.Folder, "equity.csv")).Length.ShouldBeGreaterThan(
            3 * File.ReadAllLines(Path.Combine(without.Run.Folder, "equity.csv")).Length);
    }

    [Theory]
    [InlineData("buy-and-hold", true), InlineData("ACME", true), InlineData("BOLT", false)]
    public async Task A_session_is_compared_with_the_benchmark_of_its_configuration_where_it_has_its_bars(string benchmark, bool compared)
    {
        var backtest = await _under.BacktestAsync(more: $$"""
            , "account": { "riskFreePercent": 2 }, "benchmark": "{{benchmark}}", "portfolio": { "weights": "equal",
              "limits": { "maxPositions": 6, "maxGrossPercent": 60 } }
            """);
        var live = await _under.LiveAsync(backtest);
        live.Run.Model.RiskFree.At(0).ShouldBe(0.02);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        if (!compared) live.Run.Model.Benchmark.ShouldBeNull();
        else live.Run.Model.Portfolio![BenchmarkMetrics.Beta].ShouldBe(backtest.Model.Portfolio![BenchmarkMetrics.Beta], 1e-12);
    }

    [Fact]
    public async Task The_report_of_a_session_shows_its_verdict_and_its_account_against_the_backtest()
    {
        var live = await _under.LiveAsync(await _under.BacktestAsync(), with: r => r with { BrokerOptions = "reject=0.2" });
        var page = File.ReadAllText(Path.Combine(live.Run.Folder, "report.html"));
        page.ShouldContain("Do not trade</a>");
        page.ShouldContain("0 of 5 checks passed");
        page.ShouldContain("id=\"session\"");
        using var results = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Combine(live.Run.Folder, "results.json")));
        var session = results.RootElement.GetProperty("session");
        session.GetProperty("account").GetDouble().ShouldBe(live.Status.AccountEquity);
        session.GetProperty("backtest").GetDouble().ShouldBe(live.Against!.Equity);
        session.GetProperty("causes").EnumerateArray().Sum(c => c.GetProperty("amount").GetDouble())
            .ShouldBe(live.Status.AccountEquity - live.Against.Equity, 1e-4);
        page.ShouldContain($"of which by refusal");
    }

    private static void SameLines(string a, string b, params string[] files)
    {
        foreach (var file in files)
        {
            // What is open at the end has no place in the order of closing.
            var (left, right) = (File.ReadAllLines(Path.Combine(a, file)), File.ReadAllLines(Path.Combine(b, file)));
            if (file == "portfolio_trades.csv")
            {
                Array.Sort(left, StringComparer.Ordinal);
                Array.Sort(right, StringComparer.Ordinal);
            }
            left.Zip(right).FirstOrDefault(l => l.First != l.Second).ShouldBe(default, file);
            left.Length.ShouldBe(right.Length, file);
        }
    }

    // The closed trades of a table, without amounts of money.
    private static List<string> Closed(string folder, string file) => [.. CsvRows.Of(Path.Combine(folder, file))
        .Where(t => t["exit_reason"] != "open").Select(t => string.Join('|', t["strategy"], t["symbol"], t["quantity"], t["entry_time"],
            t["entry_price"], t["exit_time"], t["exit_price"])).Order(StringComparer.Ordinal)];

    [Fact]
    public async Task Whatever_the_venue_does_to_its_orders_the_digest_stays()
    {
        var backtest = await _under.BacktestAsync();
        var live = await _under.LiveAsync(backtest,
            with: r => r with { BrokerOptions = "seed=7,latency=3m,reject=0.1,partial=0.3,timeout=0.2" });
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Status.AccountEquity.ShouldNotBe(live.Status.ModelEquity);
        live.Status.Unknown.ShouldBe(0);
        live.Status.Differences.ShouldBe(0);
        live.Ledger.TrackedOrders.ShouldAllBe(t => t.State == OrderState.Closed || !t.State.IsFinal()
            || live.Ledger.TradeOf(t.Order.ClientId) != null);
    }

    [Fact]
    public async Task Several_timeframes_and_strategies_of_several_symbols_match_a_backtest_that_books_fills_at_their_bars_close()
    {
        const string Mixed = """
            { "class": "EmaCross", "params": { "fast": 8, "slow": 26 }, "timeframe": ["1h", "4h", "1d"],
              "size": { "percentOfEquity": 20 } },
            { "class": "PairsSpread", "symbols": ["COINUSDT", "GLIMUSDT"] },
            { "class": "MomentumRank", "symbols": ["COINUSDT", "GLIMUSDT"], "timeframe": "4h" }
            """;
        var backtest = await _under.BacktestAsync(Mixed, """["COINUSDT", "GLIMUSDT"]""",
            more: """, "portfolio": { "weights": "equal", "limits": { "maxPositions": 4 } }""");
        var live = await _under.LiveAsync(backtest);
        SameLines(live.Run.Folder, backtest.Folder, "trades.csv", "signals.csv", "equity.csv", "portfolio_trades.csv");
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        // A production configuration is a batch as well.
        (await _under.RunAsync(new BatchReader(TestCatalogues.All)
            .Read(Path.Combine(backtest.Folder, "prod.json")) with
        {
            Data = new BatchReader(TestCatalogues.All)
            .Read(Path.Combine(backtest.Folder, "prod.json")).Data with
            { To = new DateTime(2022, 2, 10).Ticks }
        },
            "again")).Model.Digest.ShouldBe(backtest.Model.Digest);
    }

    [Fact]
    public async Task Strategies_that_read_another_symbol_and_smaller_bars_within_longer_ones_match_too()
    {
        const string Strategies = """
            { "class": "MovesWith", "params": { "n": [10, 20] }, "symbols": ["ACME"], "size": { "percentOfEquity": 20 } },
            { "class": "RsiReversion", "symbols": ["COINUSDT"], "timeframe": "1d", "params": { "period": 3 }, "stopLossPercent": 0.5,
              "takeProfitPercent": 0.5, "exitOnSignal": false, "size": { "percentOfEquity": 20 } }
            """;
        var backtest = await _under.BacktestAsync(Strategies, more: """, "portfolio": { "weights": "equal" }""",
            path: """, "intrabarPath": "auto" """);
        backtest.Model.Strategies.ShouldAllBe(s => s.Error == null && s.Stats!.Trades > 0);
        backtest.Model.Strategies.Sum(s => s.Stats![ExposureMetrics.IntrabarByPath]).ShouldBeGreaterThan(0);
        var live = await _under.LiveAsync(backtest);
        SameLines(live.Run.Folder, backtest.Folder, "trades.csv", "signals.csv", "equity.csv", "portfolio_trades.csv");
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
    }

    [Fact]
    public async Task Bars_to_warm_up_with_move_the_strategies_and_neither_portfolio_nor_account()
    {
        var backtest = await _under.BacktestAsync();
        var from = new DateTime(2022, 1, 20).Ticks;
        var live = await _under.LiveAsync(backtest, with: r => r with { From = from, WarmUp = r.Feed });
        live.Ledger.Trades.Values.ShouldAllBe(t => t.EntryTime >= from);
        live.Ledger.Trades.Count.ShouldBeGreaterThan(10);
        // The portfolio starts with the cash of its configuration, whatever the strategies gained before.
        live.Run.Model.Equity[0].Time.ShouldBe(from);
        live.Run.Model.Equity[0].Equity.ShouldBe(100_000);
        CsvRows.Of(Path.Combine(live.Run.Folder, "portfolio_trades.csv")).Where(t => t["exit_reason"] != "open")
            .Select(t => t["entry_time"]).Min(StringComparer.Ordinal).ShouldBeGreaterThanOrEqualTo("2022-01-20");
        // What the strategies hold from the past is no order that the account has missed.
        live.Against.ShouldNotBeNull().Gap.Causes.ShouldAllBe(c => Math.Abs(c.Amount) < 1e-6);
        live.Status.ModelEquity.ShouldBe(live.Status.AccountEquity, 1e-6);
        // The strategies did what they do in the backtest.
        SameLines(live.Run.Folder, backtest.Folder, "trades.csv");
        await ShouldBeTheBacktestAsync(live, backtest, "2022-01-20");
    }

    [Fact]
    public async Task A_session_that_is_restarted_after_its_past_goes_on_with_the_account_of_its_start()
    {
        var backtest = await _under.BacktestAsync();
        var (from, state) = (new DateTime(2022, 1, 20).Ticks, Path.Combine(_under.Folder, "state"));
        LiveRequest Session(LiveRequest r) => r with { From = from, WarmUp = r.Feed, State = state };
        await _under.LiveAsync(backtest, "first", r => Session(r) with { To = new DateTime(2022, 1, 28).Ticks });
        var live = await _under.LiveAsync(backtest, "second", Session);
        await ShouldBeTheBacktestAsync(live, backtest, "2022-01-20");
    }

    // A batch of the production configuration whose portfolio starts where the session did.
    private async Task ShouldBeTheBacktestAsync(LiveRun live, BatchRun backtest, string from)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(backtest.Folder, "prod.json"));
        var at = text.IndexOf("\"portfolio\": {", StringComparison.Ordinal) + "\"portfolio\": {".Length;
        var spec = new BatchReader(TestCatalogues.All).Read("prod.json",
            System.Text.Encoding.UTF8.GetBytes(text.Insert(at, $" \"from\": \"{from}\",")), backtest.Folder);
        spec = spec with { Data = spec.Data with { To = new DateTime(2022, 2, 10).Ticks } };
        var same = await _under.RunAsync(spec, "same-" + Path.GetRandomFileName());
        live.Run.Model.Digest.ShouldBe(same.Model.Digest);
        live.Against.ShouldNotBeNull().IsSame.ShouldBeTrue();
        same.Model.Portfolio!.FinalEquity.ShouldBe(live.Status.ModelEquity, 1e-6);
    }

    [Fact]
    public async Task Bars_that_come_are_kept_in_a_store_and_those_of_a_session_that_died_before_it_saved_are_put_there_by_the_next()
    {
        var backtest = await _under.BacktestAsync();
        var (state, store) = (Path.Combine(_under.Folder, "state"), Path.Combine(_under.Folder, "kept"));
        // Its journal has the bars, and they are not saved elsewhere.
        await _under.LiveAsync(backtest, "first", r => r with { State = state, To = new DateTime(2022, 1, 15).Ticks });
        var live = await _under.LiveAsync(backtest, "second",
            r => r with { State = state, Feed = Address.Parse($"{r.Feed}?keep={store}") });
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        foreach (var symbol in new[] { "ACME", "COINUSDT" })
        {
            var query = new BarQuery(symbol, Timeframe.H1, null, new DateTime(2022, 2, 10).Ticks);
            await using var kept = await TestCatalogues.All.Sources.Open(Address.Parse("store:" + store)).OpenAsync(query);
            await using var file = await TestCatalogues.All.Sources.Open(Address.Parse("csv:" + SessionUnderTest.Bars)).OpenAsync(query);
            kept.Count.ShouldBe(file.Count);
            kept.ContentHash.ShouldBe(file.ContentHash);
        }
    }

    [Fact]
    public async Task Factors_of_longer_timeframes_are_warm_where_live_begins_and_match()
    {
        var backtest = await _under.BacktestAsync(
            """{ "class": "DailyTrend", "params": { "days": [3, 5] }, "size": { "percentOfEquity": 20 } }""");
        backtest.Model.Strategies.ShouldAllBe(s => s.Error == null && s.Stats!.Trades > 0);
        var from = new DateTime(2022, 1, 20, 9, 0, 0).Ticks;
        var live = await _under.LiveAsync(backtest, with: r => r with { From = from, WarmUp = r.Feed });
        await ShouldBeTheBacktestAsync(live, backtest, "2022-01-20T09:00:00Z");
        live.Ledger.Trades.Values.ShouldContain(t => t.EntryTime - from < 2 * TimeSpan.TicksPerDay);
    }

    [Fact]
    public async Task A_configuration_without_passed_checks_is_refused_unless_its_operator_overrides_and_the_journal_records_it()
    {
        var backtest = await _under.BacktestAsync();
        (await Should.ThrowAsync<InputException>(() => _under.LiveAsync(backtest,
            with: r => r with { IgnoresChecks = false }))).Message.ShouldContain("pass --without-evidence to trade it anyway");
        var live = await _under.LiveAsync(backtest);
        File.ReadAllText(Path.Combine(live.Run.Folder, "account.json")).ShouldContain("\"withoutEvidence\": true");
    }

    [Fact]
    public async Task A_stopped_session_goes_on_with_its_journal_and_another_configuration_may_not()
    {
        var backtest = await _under.BacktestAsync();
        var state = Path.Combine(_under.Folder, "state");
        var first = await _under.LiveAsync(backtest, "first", r => r with { State = state, To = new DateTime(2022, 1, 15).Ticks });
        var second = await _under.LiveAsync(backtest, "second", r => r with { State = state });
        second.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        second.Ledger.Trades.Count.ShouldBeGreaterThan(first.Ledger.Trades.Count);
        var (traded, planned) = (Closed(second.Run.Folder, "account_trades.csv"), Closed(backtest.Folder, "portfolio_trades.csv"));
        traded.Except(planned).ShouldBeEmpty();
        planned.Except(traded).ShouldBeEmpty();
        var prod = Path.Combine(_under.Folder, "other.json");
        File.WriteAllText(prod, File.ReadAllText(Path.Combine(backtest.Folder, "prod.json"))
            .Replace("\"maxPositions\": 6", "\"maxPositions\": 5", StringComparison.Ordinal));
        (await Should.ThrowAsync<InputException>(() => _under.LiveAsync(backtest, "third",
            r => r with { State = state, Production = prod }))).Message.ShouldContain("belongs to another configuration");
    }

    [Fact]
    public async Task With_every_limit_and_sizing_of_its_own_live_still_matches()
    {
        var backtest = await _under.BacktestAsync(more: """
            , "portfolio": { "weights": "equal", "size": { "percentOfEquity": 40 }, "enable": { "by": "both", "trades": 6, "minTrades": 4,
              "minProfitFactor": 0.5 },
              "limits": { "maxPositions": 6, "maxGrossPercent": 9, "maxNetPercent": 5, "maxSymbolPercent": 4.02, "maxLeverage": 0.2,
                "maxTurnoverPercent": 300, "maxCorrelatedPercent": 8, "correlation": 0.3, "days": 15,
                "groups": { "all": { "symbols": ["ACME", "COINUSDT"], "maxPercent": 28 } }, "maxDrawdownPercent": 20, "resumeAfterDays": 3,
                  "exclusiveSymbols": true, "enforce": "every-bar" } }
            """);
        var live = await _under.LiveAsync(backtest);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        SameLines(live.Run.Folder, backtest.Folder, "portfolio_trades.csv", "equity.csv", "signals.csv");
        live.Run.Model.Decisions.Keys.ShouldContain(Decision.Of("reserved"));
        live.Run.Model.Decisions.Keys.ShouldContain(Decision.Disabled);
        live.Ledger.TrackedOrders.ShouldContain(t => t.Intent.Reason == ExitReason.Limit);
        // The rules are part of the configuration.
        (await _under.RunAsync(new BatchReader(TestCatalogues.All)
            .Read(Path.Combine(backtest.Folder, "prod.json")) with
        {
            Data = new BatchReader(TestCatalogues.All)
            .Read(Path.Combine(backtest.Folder, "prod.json")).Data with
            { To = new DateTime(2022, 2, 10).Ticks }
        },
            "again")).Model.Digest.ShouldBe(backtest.Model.Digest);
    }

    [Fact]
    public async Task At_any_bar_the_account_of_a_perfect_venue_holds_what_the_portfolio_was_granted_and_no_more()
    {
        var backtest = await _under.BacktestAsync(more: """, "portfolio": { "weights": "equal", "limits": { "maxPositions": 2 } }""");
        var live = await _under.LiveAsync(backtest);
        var trades = live.Ledger.Trades.Values.ToList();
        foreach (var at in trades.Select(t => t.EntryTime).Distinct())
            trades.Count(t => t.EntryTime <= at && (t.ExitTime == 0 || t.ExitTime > at)).ShouldBeLessThanOrEqualTo(2);
        live.Run.Model.Decisions[Decision.Of("max-positions")].ShouldBeGreaterThan(0);
    }
}

/// <summary>Long while the hour's close is above the average of daily closes: an intraday strategy that reads daily data.</summary>
public sealed class DailyTrend : Strategy
{
    private readonly Factor _days;

    public DailyTrend([Engine.Market.Range(2, 20)] int days = 3) => _days = Use($"sma({days})@1d");

    public override void OnBar(StrategyContext bar)
    {
        if (double.IsNaN(bar[_days])) return;
        if (bar.Close > bar[_days]) bar.Go(Side.Buy);
        else bar.Exit();
    }
}
