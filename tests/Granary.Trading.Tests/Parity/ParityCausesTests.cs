using System.Globalization;
using System.Text.Json.Nodes;
using Granary.Backtesting.Runs;
using Granary.Backtesting.Verification;
using Granary.Contracts.Deployments;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;
using Granary.Trading.Tests.Live;

namespace Granary.Trading.Tests.Parity;

public sealed class ParityCausesTests : IDisposable
{
    private readonly ParityUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    // The final equity of a backtest over other bars, up to the end of a day.
    private async Task<double> BacktestEquityAsync(BatchRun backtest, string bars, string end)
    {
        var spec = new ProductionReader(TestCatalogues.All).Read(Path.Combine(backtest.Folder, "prod.json")).Spec;
        var run = await _under.Session.RunAsync(spec with
        {
            Data = spec.Data with { Source = Address.Parse("csv:" + bars), To = ParityUnderTest.Ticks(end) },
        }, Path.GetRandomFileName());
        var last = File.ReadLines(Path.Combine(run.Folder, "equity.csv")).Last().Split(',')[1];
        return double.Parse(last, CultureInfo.InvariantCulture);
    }

    private static string[] CausesOf(IEnumerable<ParityRecord> records) =>
        [.. records.SelectMany(r => r.Causes).Where(c => c.Value != 0).Select(c => c.Key).Distinct().Order(StringComparer.Ordinal)];

    // Every day adds up, and so do all days; both ends are those of the files.
    private async Task AddsUpAsync(IReadOnlyList<ParityRecord> records, BatchRun backtest, string? bars = null, string? state = null)
    {
        foreach (var r in records) r.Causes.Values.Sum().ShouldBe(r.Total);
        var last = records[^1];
        var end = last.End.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        var (account, promised) = (_under.EquityOf(end, state), await BacktestEquityAsync(backtest, bars ?? SessionUnderTest.Bars, end));
        last.AccountEquity.ShouldBe(account, 1e-6);
        last.BacktestEquity.ShouldBe(promised, 1e-6);
        records.Sum(r => r.Total).ShouldBe(account - promised, 1e-3);
        last.SinceStart.Values.Sum().ShouldBe(account - promised, 1e-3);
    }

    [Fact]
    public async Task A_session_that_trades_as_its_backtest_has_zero_in_every_cause()
    {
        var backtest = await _under.BacktestAsync();
        await _under.TradeAsync(backtest);
        var records = await _under.CompareAsync(backtest);
        records.Select(r => r.Day.ToString("dd", CultureInfo.InvariantCulture)).ShouldBe(
            Enumerable.Range(1, 14).Select(d => d.ToString("00", CultureInfo.InvariantCulture)));
        records.ShouldAllBe(r => r.Total == 0 && r.Outside.Count == 0 && r.Revised == 0 && r.Missing == 0);
        records.ShouldAllBe(r => r.Causes.Count == 13 && r.Causes.Values.All(c => c == 0));
        records[^1].Taken.ShouldBeGreaterThan(300);
        await AddsUpAsync(records, backtest);
    }

    [Fact]
    public async Task A_session_whose_steps_fill_in_another_order_than_their_signals_has_zero_in_every_cause()
    {
        // Both steps are signals of one bar and side; where prices fall first, the second fills before the first.
        var backtest = await _under.BacktestAsync("""
            { "class": "SmaCross", "params": { "fast": [3, 5], "slow": [8, 13, 20] }, "size": { "percentOfEquity": 5 },
              "scaleIn": [{ "percent": 0.4, "share": 0.5 }, { "percent": -0.4, "share": 0.5 }] }
            """);
        await _under.TradeAsync(backtest);
        var records = await _under.CompareAsync(backtest);
        CausesOf(records).ShouldBeEmpty();
        await AddsUpAsync(records, backtest);
    }

    [Fact]
    public async Task A_session_with_lots_has_zero_in_every_cause_on_final_bars_without_them()
    {
        var (backtest, address) = (await _under.BacktestAsync(), "store:" + Path.Combine(_under.Folder, "lots"));
        await using (var store = TestCatalogues.All.Stores.Open(Address.Parse(address)))
            foreach (var (symbol, lot) in new[] { ("ACME", 10.0), ("COINUSDT", 0.1) })
            {
                await using var file = await TestCatalogues.All.Sources.Open(Address.Parse("csv:" + SessionUnderTest.Bars))
                    .OpenAsync(new BarQuery(symbol, Timeframe.H1, null, ParityUnderTest.Ticks(ParityUnderTest.Last)),
                        TestContext.Current.CancellationToken);
                var bars = new List<Bar>();
                await foreach (var block in file.ReadAsync(cancellationToken: TestContext.Current.CancellationToken))
                    for (var i = 0; i < block.Count; i++)
                        bars.Add(block[i]);
                await store.MergeAsync(Data.Stores.BarsToStore.Of(file.Instrument with { LotSize = lot }, Timeframe.H1, bars, "lots"),
                    TestContext.Current.CancellationToken);
            }
        var run = await _under.TradeAsync(backtest, bars: address);
        run.Ledger.Trades.Values.ShouldAllBe(t => t.Symbol != "ACME" || t.Quantity % 10 == 0);
        run.Ledger.Trades.Values.ShouldContain(t => t.Symbol == "ACME");
        var records = await _under.CompareAsync(backtest);
        CausesOf(records).ShouldBeEmpty();
        records[^1].AccountEquity.ShouldBe(run.Status.AccountEquity, 1e-6);
    }

    [Fact]
    public async Task Bars_that_were_revised_later_have_their_part()
    {
        var backtest = await _under.BacktestAsync();
        await _under.TradeAsync(backtest);
        var revised = _under.BarsWith("revised", "COINUSDT", f =>
        {
            if (f[0] != "2022-01-05T20:00:00Z") return f;
            var close = double.Parse(f[4], CultureInfo.InvariantCulture) * 0.97;
            return [f[0], f[1], f[2], Math.Min(close, double.Parse(f[3], CultureInfo.InvariantCulture)).ToString(
                CultureInfo.InvariantCulture), close.ToString(CultureInfo.InvariantCulture), f[5]];
        });
        var records = await _under.CompareAsync(backtest, revised);
        CausesOf(records).ShouldBe([DivergenceCauses.Data]);
        records.Where(r => r.Day.Day < 5).ShouldAllBe(r => r.Total == 0 && r.Revised == 0);
        records.Where(r => r.Day.Day >= 5).ShouldAllBe(r => r.Revised == 1 && r.Missing == 0);
        await AddsUpAsync(records, backtest, revised);
    }

    [Fact]
    public async Task Bars_that_came_too_late_have_their_part_also_beside_revised_ones()
    {
        var backtest = await _under.BacktestAsync();
        var incomplete = _under.BarsWith("incomplete", "COINUSDT", f =>
            string.CompareOrdinal(f[0], "2022-01-05T08:00:00Z") > 0 && string.CompareOrdinal(f[0], "2022-01-05T18:00:00Z") < 0 ? null : f);
        await _under.TradeAsync(backtest, bars: incomplete);
        var records = await _under.CompareAsync(backtest);
        CausesOf(records).ShouldBe([DivergenceCauses.LateBar]);
        records[^1].Missing.ShouldBe(9);
        await AddsUpAsync(records, backtest);

        var revised = _under.BarsWith("both", "ACME", f => f[0] == "2022-01-06T15:00:00Z"
            ? [f[0], f[1], f[2], "50", "50", f[5]] : f);
        var both = await _under.CompareAsync(backtest, revised);
        CausesOf(both).ShouldBe([DivergenceCauses.Data, DivergenceCauses.LateBar]);
        both.Sum(r => r.Causes[DivergenceCauses.LateBar]).ShouldBe(records.Sum(r => r.Causes[DivergenceCauses.LateBar]), 1e-3);
        await AddsUpAsync(both, backtest, revised);
    }

    [Theory]
    [InlineData("latency=10m", DivergenceCauses.FillPrice), InlineData("latency=90m", DivergenceCauses.Timing)]
    [InlineData("reject=0.3", DivergenceCauses.Refusal), InlineData("seed=9,partial=0.5", DivergenceCauses.MissedFill)]
    [InlineData("reject=0.3,latency=10m", DivergenceCauses.Refusal + "+" + DivergenceCauses.FillPrice)]
    public async Task Each_fault_of_the_venue_has_its_part(string paper, string causes)
    {
        var backtest = await _under.BacktestAsync();
        await _under.TradeAsync(backtest, paper);
        var records = await _under.CompareAsync(backtest);
        foreach (var cause in causes.Split('+')) records.Sum(r => Math.Abs(r.Causes[cause])).ShouldBeGreaterThan(1);
        records.ShouldAllBe(r => r.Unexplained == 0 && r.Causes[DivergenceCauses.Data] == 0 && r.Causes[DivergenceCauses.LateBar] == 0
            && r.Causes[DivergenceCauses.Operator] == 0 && r.Causes[DivergenceCauses.Code] == 0 && r.Causes[DivergenceCauses.Model] == 0);
        await AddsUpAsync(records, backtest);
    }

    [Fact]
    public async Task A_refused_entry_costs_what_the_backtest_earned_with_it()
    {
        var backtest = await _under.BacktestAsync();
        await _under.TradeAsync(backtest, "reject=0.3");
        var records = await _under.CompareAsync(backtest);
        // The entries that the venue refused, by strategy and the bar after the signal.
        var refused = _under.Entries().Where(e => e.Kind == "OrderChanged" && (string)e.Body["to"]! == "rejected")
            .Select(e => (string)e.Body["clientId"]!).Where(id => id.EndsWith("-e", StringComparison.Ordinal)).ToHashSet();
        var lost = _under.Entries().Where(e => e.Kind == "OrderIntended" && refused.Contains((string)e.Body["order"]!["clientId"]!))
            .Select(e => (e.Strategy, At: (string)e.Body["instant"]!)).ToList();
        lost.Count.ShouldBeGreaterThan(3);
        // Each would have been the strategy's next trade of the backtest.
        var planned = CsvRows.Of(Path.Combine(backtest.Folder, "portfolio_trades.csv"))
            .OrderBy(t => t["entry_time"], StringComparer.Ordinal).ToList();
        var profit = lost.Sum(l => double.Parse(planned.First(t => t["strategy"] == l.Strategy
            && string.CompareOrdinal(t["entry_time"], l.At) >= 0)["pnl_net"], CultureInfo.InvariantCulture));
        records.Sum(r => r.Causes[DivergenceCauses.Refusal]).ShouldBe(-profit, 1e-6);
    }

    [Fact]
    public async Task A_pause_of_the_operator_has_its_part()
    {
        var backtest = await _under.BacktestAsync();
        await _under.TradeAsync(backtest, to: "2022-01-05");
        _under.Command(new IssuedCommand(SessionCommand.Pause, "anna", "news"));
        await _under.TradeAsync(backtest, to: "2022-01-08");
        _under.Command(new IssuedCommand(SessionCommand.Resume, "anna", "over"));
        await _under.TradeAsync(backtest);
        var records = await _under.CompareAsync(backtest);
        CausesOf(records).ShouldBe([DivergenceCauses.Operator]);
        records.Where(r => r.Day.Day < 5).ShouldAllBe(r => r.Total == 0);
        await AddsUpAsync(records, backtest);
    }

    [Fact]
    public async Task A_disabled_strategy_and_closed_positions_are_the_operators()
    {
        var backtest = await _under.BacktestAsync();
        await _under.TradeAsync(backtest, to: "2022-01-06");
        var prod = JsonNode.Parse(File.ReadAllText(Path.Combine(backtest.Folder, "prod.json")))!;
        var id = prod["strategies"]!.AsArray().Select(s => (string)s!["id"]!)
            .First(i => i.StartsWith("SmaCross", StringComparison.Ordinal));
        _under.Command(new IssuedCommand(SessionCommand.Disable, "anna", "", Strategy: id));
        _under.Command(new IssuedCommand(SessionCommand.Flatten, "anna", "news"));
        await _under.TradeAsync(backtest, to: "2022-01-08");
        _under.Command(new IssuedCommand(SessionCommand.Resume, "anna", ""));
        await _under.TradeAsync(backtest);
        var records = await _under.CompareAsync(backtest);
        records.Sum(r => Math.Abs(r.Causes[DivergenceCauses.Operator])).ShouldBeGreaterThan(1);
        records.ShouldAllBe(r => r.Unexplained == 0 && r.Causes[DivergenceCauses.Code] == 0);
        await AddsUpAsync(records, backtest);
    }

    [Fact]
    public async Task Decisions_that_the_strategy_of_today_does_not_repeat_are_of_the_code()
    {
        var backtest = await _under.BacktestAsync("""
            { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "sides": "both", "size": { "cash": 10000 } }
            """);
        await _under.TradeAsync(backtest);
        // The strategies of today decide by other parameters under their old names.
        var prod = JsonNode.Parse(File.ReadAllText(Path.Combine(backtest.Folder, "prod.json")))!;
        foreach (var strategy in prod["strategies"]!.AsArray()) strategy!["params"]!["fast"] = 7;
        var changed = Path.Combine(backtest.Folder, "changed.json");
        await File.WriteAllTextAsync(changed, prod.ToJsonString(), TestContext.Current.CancellationToken);
        var hash = new ProductionReader(TestCatalogues.All).Read(changed).Hash;
        var state = await _under.RewriteAsync(e => e is SessionStarted started ? started with { Configuration = hash } : e);
        _under.Compared = state;
        var records = await _under.CompareAsync(backtest, production: changed);
        records.Sum(r => Math.Abs(r.Causes[DivergenceCauses.Code])).ShouldBeGreaterThan(1);
        CausesOf(records).ShouldBe([DivergenceCauses.Code]);
        records[^1].Trades.ShouldContain(t => t.Why == "the program of today does not make this signal");
        records[^1].Trades.ShouldContain(t => t.Why == "the program of the session did not make this signal");
        records.ShouldAllBe(r => Math.Abs(r.Causes.Values.Sum() - r.Total) < 1e-9);
    }

    [Fact]
    public async Task An_order_that_was_never_sent_and_another_fee_have_their_parts()
    {
        var backtest = await _under.BacktestAsync();
        await _under.TradeAsync(backtest);
        // Orders and fills of one strategy are lost without a reason; all other fills cost one more.
        var entries = _under.Entries();
        var lost = entries.First(e => e.Kind == "OrderIntended").Strategy;
        var fills = 0;
        var state = await _under.RewriteAsync(e =>
        {
            if (e.Strategy == lost && e is not (SignalDecided or PortfolioActed)) return null;
            if (e is not VenueReported { Event.Fill: { } fill } report) return e;
            fills++;
            return report with { Event = report.Event with { Fill = fill with { Fee = fill.Fee + 1 } } };
        });
        fills.ShouldBeGreaterThan(5);
        _under.Compared = state;
        var records = await _under.CompareAsync(backtest);
        CausesOf(records).ShouldBe([DivergenceCauses.Cost, DivergenceCauses.Unexplained]);
        records.Sum(r => r.Causes[DivergenceCauses.Cost]).ShouldBe(-fills, 1e-6);
        records.ShouldContain(r => r.Outside.Contains("unexplained"));
        await AddsUpAsync(records, backtest, state: state);
    }
}
