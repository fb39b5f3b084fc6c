using Granary.Backtesting.Costs;
using Granary.Backtesting.Runs;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Postgres.Journals;
using Granary.Testing;
using Granary.Trading.Costs;
using Granary.Trading.Live;
using Granary.Trading.Tests.Live;

namespace Granary.Trading.Tests.Costs;

/// <summary>The fills of journals, and what they cost.</summary>
public sealed class JournalFillsTests : IDisposable
{
    private const string Strategies = """
        { "class": "SmaCross", "params": { "fast": 5, "slow": 20 }, "size": { "percentOfEquity": 10 } },
        { "class": "VolatilityBreakout", "params": { "period": 10, "multiplier": 1, "hold": 5 }, "size": { "percentOfEquity": 10 },
          "stopLossPercent": 1 }
        """;

    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private string State => Path.Combine(_under.Folder, "state");

    private async Task<BatchRun> TradedAsync()
    {
        var backtest = await _under.BacktestAsync(Strategies);
        await _under.LiveAsync(backtest, with: r => r with { State = State });
        return backtest;
    }

    private static async Task<FillSet> ReadAsync(string state)
    {
        var set = new FillSet();
        await JournalFills.ReadAsync(state, null, set, TimeProvider.System, TestContext.Current.CancellationToken);
        return set;
    }

    [Fact]
    public async Task A_paper_session_with_a_slippage_of_two_points_shows_it_at_market_orders_and_stops()
    {
        await _under.LiveAsync(await _under.BacktestAsync(Strategies + "," + SessionUnderTest.Exits), with: r => r with { State = State });
        var set = await ReadAsync(State);
        set.LeftOut.Keys.ShouldBe([OrderKinds.Limit, OrderKinds.MarketOnClose, OrderKinds.Target], ignoreOrder: true);
        CheckStops([.. set.Fills.Where(f => f.IsStop)]);
        set.Fills.RemoveAll(f => f.IsStop);
        set.Fills.Count.ShouldBeGreaterThan(100);
        set.Timeframes.ShouldBe([Timeframe.H1]);
        // 0.02 % of the open, but for fills at the end of their bar's range.
        double[] costs = [.. set.Fills.Select(f => (int)f.Side * (f.Price / f.Open - 1) * 1e4).Order()];
        costs[^1].ShouldBe(2, 1e-6);
        costs[costs.Length / 2].ShouldBe(2, 1e-6);
        costs.ShouldAllBe(c => c >= -1e-9 && c < 2 + 1e-6);
        set.Fills.ShouldAllBe(f => f.Venue == "paper" && f.Fee > 0 && f.Volume > 0 && f.Range > 0 && f.Close > 0);
        var model = CostStudy.Of(set, ["state"]).Models.Single(m => m.Reference == "open");
        model.Raw.ShouldBe(costs.Average(), 1e-9);
        model.Pool.Low.ShouldBeLessThan(model.Raw);
        model.Pool.High.ShouldBeGreaterThan(model.Raw);
    }

    private void CheckStops(List<MeasuredFill> stops)
    {
        // 0.02 % of the trigger or of the open beyond it, but for fills at the end of their bar's range.
        double[] costs = [.. stops.Select(f => (int)f.Side * (f.Price / f.Stop - 1) * 1e4)];
        costs.ShouldAllBe(c => c >= -1e-9 && c < 2 + 1e-6);
        costs.Count(c => c > 2 - 1e-6).ShouldBeGreaterThan(costs.Length * 8 / 10);
        // None is missing: stops, trailing stops, and entries by stop orders.
        var events = FileJournal.Peek(State, new JournalQuery()).Select(JournalCodec.Decode).ToList();
        var entries = events.OfType<OrderIntended>().Where(o => o.Order.Type == OrderType.Stop).Select(o => o.Order.ClientId).ToHashSet();
        var kinds = events.OfType<VenueReported>().Where(r => r.Event.Fill is not null).Select(r => r.Event.Fill!)
            .GroupBy(f => f.Leg.Length == 0 && entries.Contains(f.ClientId) ? "entry" : f.Leg).ToDictionary(g => g.Key, g => g.Count());
        foreach (var kind in (string[])["stop", "trail", "entry"]) kinds[kind].ShouldBeGreaterThan(3, kind);
        stops.Count.ShouldBe(kinds["stop"] + kinds["trail"] + kinds["entry"]);
    }

    [Fact]
    public async Task A_journal_is_read_while_a_session_holds_its_lease_and_one_named_twice_counts_once()
    {
        await TradedAsync();
        var alone = await ReadAsync(State);
        await using var held = FileJournal.Open(State, TimeProvider.System, "another session");
        var twice = new FillSet();
        foreach (var _ in (int[])[1, 2])
            await JournalFills.ReadAsync(State, null, twice, TimeProvider.System, TestContext.Current.CancellationToken);
        twice.Fills.ShouldBe(alone.Fills);
        twice.LeftOut["repeated"].ShouldBe(alone.Fills.Count + alone.LeftOut.Values.Sum());
    }

    [Fact]
    public async Task A_session_that_has_not_ended_gives_the_fills_of_the_bars_that_closed()
    {
        var backtest = await _under.BacktestAsync(Strategies);
        await _under.LiveAsync(backtest, with: r => r with { State = State, To = new DateTime(2022, 1, 25).Ticks });
        var first = await ReadAsync(State);
        await _under.LiveAsync(backtest, "on", r => r with { State = State });
        var whole = await ReadAsync(State);
        first.Fills.Count.ShouldBeGreaterThan(50);
        whole.Fills.Count.ShouldBeGreaterThan(first.Fills.Count);
        whole.Fills.Take(first.Fills.Count).ShouldBe(first.Fills);
    }

    [Fact]
    public async Task A_journal_in_PostgreSQL_has_the_fills_of_the_one_in_a_folder()
    {
        var server = await PostgresServer.ShareAsync();
        var database = await server.CreateDatabaseAsync();
        await TradedAsync();
        await using (var journal = await PostgresJournal.OpenAsync(database, "paper", TimeProvider.System))
            await journal.AppendAsync(FileJournal.Peek(State, new JournalQuery()), TestContext.Current.CancellationToken);
        var address = server.AddressOf(new Npgsql.NpgsqlConnectionStringBuilder(database).Database!);
        // Each names the account as it was given.
        var (named, own) = (await ReadAsync($"{address}?account=paper"), await ReadAsync(State));
        named.Fills.Select(f => f with { Place = f.Place.Replace("paper, ", "state, ", StringComparison.Ordinal) }).ShouldBe(own.Fills);
        (await Should.ThrowAsync<InputException>(() => ReadAsync(address))).Message.ShouldContain("names no account");
    }

    [Fact]
    public async Task A_folder_without_a_journal_is_refused_with_its_path() =>
        (await Should.ThrowAsync<InputException>(() => ReadAsync(Path.Combine(_under.Folder, "none")))).Message
            .ShouldContain("name the folder that 'granary live' had as --state");

    [Fact]
    public async Task A_session_with_measured_costs_has_the_digest_of_its_backtest_and_refuses_other_costs()
    {
        var measured = new FillSet();
        measured.Fills.AddRange(Enumerable.Range(0, 60).Select(i => new MeasuredFill(new DateTime(2022, 1, 3).AddHours(i * 7).Ticks, "ACME",
            i % 2 == 0 ? Side.Buy : Side.Sell, 1 + i % 5, 100 * (1 + (i % 2 == 0 ? 1 : -1) * (3 + i % 4) / 1e4), "paper")
        {
            Open = 100,
            Volume = 100,
            Range = 20 + i % 7,
        }));
        var file = Path.Combine(_under.Folder, "costs.json");
        CostStudyFiles.Write(file, CostStudy.Of(measured, ["test"]));
        var batch = $$"""
            { "name": "live", "data": { "source": "csv:{{SessionUnderTest.Bars}}", "symbols": ["ACME"], "timeframe": "1h",
                "to": "2022-02-10" },
              "execution": { "costs": "{{file}}", "at": "upper" }, "strategies": [ {{Strategies}} ], "portfolio": { "weights": "equal" } }
            """;
        var backtest = await _under.RunAsync(new Simulation.Batches.BatchReader(TestCatalogues.All).Read("live.json",
            System.Text.Encoding.UTF8.GetBytes(batch), Path.GetTempPath()), "backtest");
        var live = await _under.LiveAsync(backtest);
        live.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
        live.Against!.IsSame.ShouldBeTrue();
        // Half a point more of each cost.
        measured.Fills[0] = measured.Fills[0] with { Price = 100.1 };
        CostStudyFiles.Write(file, CostStudy.Of(measured, ["test"]));
        (await Should.ThrowAsync<InputException>(() => _under.LiveAsync(backtest, "other"))).Message
            .ShouldContain("has other costs than those that were tested");
    }
}
