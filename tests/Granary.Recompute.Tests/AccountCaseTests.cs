using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>Small batches of users in which an account was wrong. The values are computed by hand.</summary>
public sealed class AccountCaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The price passes 101, where a step of 5 waits, before it reaches the target of 102.
    [Fact]
    public async Task A_step_that_the_price_passes_before_the_target_fills_in_a_backtest_and_on_paper()
    {
        var run = await RunAsync("scale-in-same-bar");
        run.StrategyTrades().Select(t => (t.Quantity, t.EntryPrice, t.ExitPrice, t.IsOpen)).ShouldBe(
            [(10, 100, 102, false), (5, 101, 103, true)]);
        run.PortfolioStats.GetProperty("finalEquity").GetDouble().ShouldBe(100_030, 1e-9);
        (await PaperAsync("scale-in-same-bar")).ShouldContain("account 100,030.00, a backtest of the same bars 100,030.00: no difference");
    }

    // 0.1 + 0.2 is not 0.3 in binary. A later entry is made only if nothing is open.
    [Theory]
    [InlineData("parts.json", 1)]
    [InlineData("ladder.json", 4)]
    [InlineData("targets.json", 2)]
    public async Task Orders_whose_sum_is_zero_leave_nothing_open(string batch, int fewest)
    {
        var run = await RunAsync("dust-position-of-1e-17", batch);
        foreach (var trades in new[] { run.StrategyTrades(), run.PortfolioTrades() })
        {
            trades.Count.ShouldBeGreaterThanOrEqualTo(fewest);
            trades.ShouldAllBe(t => !t.IsOpen && t.Quantity > 0.05);
        }
    }

    // From 100 a roll leads to 110: both stops move from 95 to 105, and the low of 104.6 reaches them.
    [Fact]
    public async Task A_trailing_stop_does_not_give_way_at_a_roll()
    {
        var trades = (await RunAsync("trailing-stop-loosens-at-a-roll")).StrategyTrades();
        trades.Select(t => (t.ExitPrice, t.Reason)).ShouldContain((105, "trailing-stop"));
        trades.Select(t => (t.ExitPrice, t.Reason)).ShouldContain((105, "stop"));
    }

    // Funding of 5 % an hour on 50,000 uses up 10,000 in four hours.
    [Theory]
    [InlineData("none.json")]
    [InlineData("isolated.json")]
    public async Task An_account_whose_funding_has_used_up_its_equity_ends_in_each_margin_mode(string batch)
    {
        var run = await RunAsync("isolated-ruined-trade-goes-on", batch);
        foreach (var trade in new[] { run.StrategyTrades().Single(), run.PortfolioTrades().Single() })
        {
            (trade.Reason, trade.ExitPrice, trade.ExitTime.Hour).ShouldBe(("ruined", 100, 5));
            trade.NetProfit.ShouldBe(-10_000, 1e-9);
        }
        (await PaperAsync("isolated-ruined-trade-goes-on")).ShouldContain("no difference");
    }

    // An exit of 40 units takes several bars, beside a stop and the reversal.
    [Fact]
    public async Task Exits_in_parts_beside_a_stop_and_a_reversal_are_the_same_on_paper()
    {
        var run = await RunAsync("paper-volume-exits");
        run.StrategyTrades().Count(t => !t.IsOpen).ShouldBeGreaterThan(40);
        (await PaperAsync("paper-volume-exits")).ShouldContain("no difference");
    }

    // 4,583.33 are left when A is flat, all of it free: B takes what it pays for.
    [Fact]
    public async Task No_collateral_stays_locked_when_a_short_is_closed()
    {
        var run = await RunAsync("short-collateral-drift");
        var bought = run.PortfolioFills().Last(f => f.Symbol == "B" && f.Kind == "entry");
        bought.Quantity.ShouldBe(4_583.0 / 100 + 1.0 / 300, 1e-9);
        run.Equity().Single(e => e.Time == bought.Time).Cash.ShouldBe(0, 1e-9);
    }

    // At −20 as at +20: 300 and 500 of an equity of 1,000 at 50 %, then nothing more.
    [Fact]
    public async Task Limits_count_positions_at_prices_below_zero_by_their_absolute_value()
    {
        var run = await RunAsync("negative-price-limits-and-tiers", "r3.json");
        run.PortfolioFills().Where(f => f.Kind == "entry").Select(f => (f.Symbol, f.Quantity)).ShouldBe([("CL", 15), ("CL", 10)]);
        run.Equity().Max(e => e.Exposure).ShouldBe(500, 1e-9);
        var decisions = await File.ReadAllTextAsync(Path.Combine(run.Folder, "signals.csv"), TestContext.Current.CancellationToken);
        decisions.Split("max-gross").Length.ShouldBe(3, "two signals are refused");
    }

    // Four purchases of 10 at 20 below and above zero: the third is made after a turnover of 400, and the tier begins at 300.
    [Theory]
    [InlineData("tn.json", -20)]
    [InlineData("tp.json", 20)]
    public async Task A_tier_counts_turnover_at_prices_below_zero_by_its_absolute_value(string batch, double price)
    {
        var run = await RunAsync("negative-price-limits-and-tiers", batch);
        var entries = run.PortfolioFills().Where(f => f.Kind == "entry").ToList();
        entries.ShouldAllBe(f => f.Price == price && f.Quantity == 10);
        entries.Select(f => Math.Round(f.Commission, 9)).ShouldBe([2, 2, 0.2, 0.2]);
        run.StrategyTrades().OrderBy(t => t.EntryTime).Select(t => Math.Round(t.Commission, 9)).Take(2).ShouldBe([2, 2]);
    }

    // Commissions in dollars, each at the rate that was known at the open of its bar.
    [Fact]
    public async Task Fees_in_another_currency_count_at_the_rate_of_the_open_of_their_bar()
    {
        var run = await RunAsync("fees-rate-bar-close");
        var rates = CsvTable.Read(Path.Combine(_folder.Path, "fees-rate-bar-close", "fx", "EURUSD.csv"));
        var closes = rates.Rows.Select(r => (Known: rates.Time(r, "time").AddHours(1), Rate: 1 / rates.Number(r, "close"))).ToList();
        var sum = run.PortfolioFills().Sum(f => f.Commission * closes.Last(c => c.Known <= f.Time).Rate);
        sum.ShouldBe(25.909500481, 1e-8);
        run.PortfolioStats.GetProperty("commission").GetDouble().ShouldBe(sum, 1e-8);
    }

    // A contract of 250,000 needs a margin of 15,000. Half a contract ties up 7,500 of 100,000, so 2,000 shares at 100 are too many.
    [Theory]
    [InlineData("s1xa.json", "ES 1", "ES 7")]
    [InlineData("s1xb.json", "STK 900", "STK 930, STK 2000")]
    public async Task Orders_by_hand_need_the_margin_of_their_contracts(string batch, string admitted, string refused)
    {
        var run = await RunAsync("hand-futures-margin", batch);
        using var server = await GranaryServer.StartAsync(_folder);
        var bars = _folder.File("hand-futures-margin/risk/s1");
        foreach (var file in Directory.GetFiles(bars))
            _folder.Write($"hand-futures-margin/first/{Path.GetFileName(file)}", string.Join('\n', File.ReadLines(file).Take(11)) + "\n");
        await StartAsync(server, run, "csv:first", "asap", null);
        await server.UntilAsync("sessions/paper", s => s.GetProperty("phase").GetString() == "done");
        // The next bar comes at once, and the one after it an hour later.
        await StartAsync(server, run, "csv:risk/s1", "fixed:1h", "2024-01-01T10:00:00Z");
        await server.UntilAsync("sessions/paper", s => s.GetProperty("status") is { ValueKind: JsonValueKind.Object } status
            && status.GetProperty("instant").GetDateTime().ToUniversalTime() == new DateTime(2024, 1, 1, 11, 0, 0, DateTimeKind.Utc));
        foreach (var order in admitted.Split(", ")) (await RefusalAsync(server, order)).ShouldBeNull(order);
        foreach (var order in refused.Split(", ")) (await RefusalAsync(server, order)).ShouldNotBeNull(order);
    }

    // Of a preview of a purchase, a symbol and units.
    private static async Task<string?> RefusalAsync(GranaryServer server, string order)
    {
        using var response = await server.Client.PostAsJsonAsync("sessions/paper/commands", new JsonObject
        {
            ["command"] = "enter",
            ["reason"] = "a test",
            ["symbol"] = order.Split(' ')[0],
            ["side"] = "buy",
            ["size"] = new JsonObject { ["units"] = double.Parse(order.Split(' ')[1]) },
            ["preview"] = true,
        }, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var preview = JsonDocument.Parse(text).RootElement.GetProperty("status").GetProperty("preview");
        return preview.TryGetProperty("refusal", out var why) ? why.GetString() : null;
    }

    private async Task StartAsync(GranaryServer server, RunFiles run, string feed, string speed, string? from)
    {
        using var started = await server.Client.PostAsJsonAsync("sessions", new JsonObject
        {
            ["configuration"] = await File.ReadAllTextAsync(Path.Combine(run.Folder, "prod.json"), TestContext.Current.CancellationToken),
            ["file"] = Path.Combine(run.Folder, "prod.json"),
            ["folder"] = _folder.File("hand-futures-margin"),
            ["feed"] = feed,
            ["pace"] = speed,
            ["account"] = "paper",
            ["withoutEvidence"] = true,
            ["from"] = from,
        }, TestContext.Current.CancellationToken);
        started.IsSuccessStatusCode.ShouldBeTrue(await started.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task<RunFiles> RunAsync(string name, string batch = "batch.json")
    {
        var source = Path.Combine(Repository.Root, "tests", "Granary.Recompute.Tests", "Cases", name);
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
            // Strategies have the ending .cs.txt, since a run compiles them, and not the build.
            _folder.Write(Path.Combine(name, Path.GetRelativePath(source, file).Replace(".cs.txt", ".cs", StringComparison.Ordinal)),
                await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        var output = _folder.File(Path.Combine(name, "run"));
        await GranaryCommand.RunAsync("backtest", _folder.File(Path.Combine(name, batch)), "--out", output, "--quiet", "--no-guards");
        return new RunFiles(output);
    }

    private async Task<string> PaperAsync(string name) => await GranaryCommand.RunAsync("live",
        _folder.File(Path.Combine(name, "run", "prod.json")), "--feed", "csv:" + _folder.File(Path.Combine(name, "bars")), "--broker",
        "paper", "--without-evidence", "--state", _folder.File(Path.Combine(name, "state")), "--out",
        _folder.File(Path.Combine(name, "live")));
}
