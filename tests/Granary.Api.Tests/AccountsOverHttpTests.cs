using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Granary.Trading.Live;

namespace Granary.Api.Tests;

public sealed class AccountsOverHttpTests(SharedServers servers) : IDisposable
{
    private const string Strategy = "SmaCross(fast=5,slow=20)@BTC:1h";

    private readonly string _state = Directory.CreateTempSubdirectory("granary-account-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    private async Task WriteAsync()
    {
        var timestamp = new DateTime(2026, 1, 5, 10, 0, 0).Ticks;
        var order = new BrokerOrder
        {
            ClientId = "g1-0-1-e",
            Symbol = "BTC",
            Side = Side.Buy,
            Type = OrderType.Market,
            Quantity = 2,
            CreatedAt = timestamp
        };
        var filled = new BrokerOrderStatus(order.ClientId, "V1", OrderState.Filled, 2, "");
        JournalEvent[] facts =
        [
            new SignalDecided(timestamp, 1, timestamp - 1, Side.Buy, OrderType.Market, 100, 4, 95, 0, long.MaxValue, double.NaN, 1,
                Decision.Accepted, 2, new Dictionary<string, double> { ["sma(5)"] = 99 }) { Strategy = Strategy, Symbol = "BTC" },
            new OrderIntended(timestamp, order, OrderRole.Entry, 1, ExitReason.Open) { Strategy = Strategy, Symbol = "BTC" },
            new OrderAnswered(timestamp, order.ClientId, filled with { State = OrderState.Submitted, Filled = 0 }) { Symbol = "BTC" },
            new VenueReported(timestamp,
                new BrokerEvent(1, new BrokerFill("X1", order.ClientId, "", "BTC", Side.Buy, 101, 2, 0.1, timestamp),
                filled)) { Strategy = Strategy, Symbol = "BTC" },
            new TradeChanged(timestamp, 1, TradeState.Active, Side.Buy, 2, 2, 101, 0, 0, 0.1, timestamp, 0, "") { Strategy = Strategy,
                Symbol = "BTC" },
            new PositionChanged(timestamp, 2) { Symbol = "BTC" },
            new PositionChanged(timestamp, -1) { Symbol = "ETH" },
        ];
        await using var journal = FileJournal.Open(_state, TimeProvider.System);
        await journal.AppendAsync([.. facts.Select((f, i) => JournalCodec.Encode(i + 1, DateTimeOffset.UtcNow, f))]);
    }

    [Fact]
    public async Task Orders_positions_trades_and_signals_of_a_live_account_are_read_by_strategy_and_symbol()
    {
        await WriteAsync();
        await using var server = await ApiServer.StartAsync(settings: s => s with { Accounts = [_state] });
        async Task<JsonArray> Get(string path) => (await server.Client.GetFromJsonAsync<JsonArray>("/api/v1" + path))!;
        var order = (await Get("/orders?symbol=BTC")).ShouldHaveSingleItem()!;
        ((string?)order["state"], (string?)order["venueId"], (double)order["filled"]!, (string?)order["order"]!["clientId"],
            (string?)order["strategy"]).ShouldBe(("filled", "V1", 2, "g1-0-1-e", Strategy));
        (await Get("/orders?symbol=ETH")).ShouldBeEmpty();
        (await Get("/positions")).Select(p => ((string?)p!["symbol"], (double)p["quantity"]!))
            .ShouldBe([("BTC", 2), ("ETH", -1)], ignoreOrder: true);
        var trade = (await Get("/trades?strategy=" + Uri.EscapeDataString(Strategy))).ShouldHaveSingleItem()!;
        ((string?)trade["state"], (double)trade["entryPrice"]!, (string?)trade["entryTime"]).ShouldBe(("active", 101,
            "2026-01-05T10:00:00Z"));
        var signal = (await Get("/signals")).ShouldHaveSingleItem()!;
        ((string?)signal["decision"], (double)signal["granted"]!, (double)signal["factors"]!["sma(5)"]!).ShouldBe(("accepted", 2, 99));
    }

    [Fact]
    public async Task A_strategy_is_shown_and_switched_off_through_the_sessions_control()
    {
        await WriteAsync();
        await using var server = await ApiServer.StartAsync(settings: s => s with { Accounts = [_state] });
        var path = "/api/v1/strategies/" + Uri.EscapeDataString(Strategy);
        var shown = (await server.Client.GetFromJsonAsync<JsonObject>(path))!;
        ((bool)shown["enabled"]!, (int)shown["signals"]!, (int)shown["openTrades"]!).ShouldBe((true, 1, 1));
        await (await server.Client.GetAsync("/api/v1/strategies/unknown")).ProblemAsync(404);
        await (await server.Client.PatchAsJsonAsync(path, new { why = "?" })).ProblemAsync(400);
        using var changed = await server.Client.PatchAsJsonAsync(path, new { enabled = false, why = "it lost" });
        changed.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await (await server.Client.PatchAsJsonAsync(path, new { enabled = false, account = "other" })).ProblemAsync(404))
            .ShouldContain("no live account has the strategy");
        File.ReadAllText(Directory.GetFiles(Path.Combine(_state, "control"), "*.command.json").Single()).ShouldContain("\"disable\"");
    }

    [Fact]
    public async Task Strategies_and_symbols_are_switched_with_a_history_of_who_when_and_why()
    {
        await WriteAsync();
        await using (var journal = FileJournal.Open(_state, TimeProvider.System))
        {
            var at = DateTimeOffset.UtcNow;
            await journal.AppendAsync(
            [
                JournalCodec.Encode(8, at, new EnablementChanged(0, false, "ann", "spread") { Symbol = "BTC" }),
                JournalCodec.Encode(9, at.AddSeconds(1), new EnablementChanged(0, true, "bob", "") { Strategy = Strategy }),
                JournalCodec.Encode(10, at.AddSeconds(2), new EnablementChanged(0, false, "cid", "halt") { Symbol = "BTC" }),
            ]);
        }
        await using var server = await ApiServer.StartAsync(settings: s => s with { Accounts = [_state] });
        var path = "/api/v1/strategies/" + Uri.EscapeDataString(Strategy);
        var shown = (await server.Client.GetFromJsonAsync<JsonObject>(path))!;
        ((bool)shown["enabled"]!, (string)shown["change"]!["who"]!, (string)shown["change"]!["why"]!).ShouldBe((false, "cid", "halt"));
        foreach (var history in new[] { path + "/history", "/api/v1/symbols/BTC/history" })
            (await server.Client.GetFromJsonAsync<JsonArray>(history))!.Select(c => ((string)c!["who"]!, (bool)c["enabled"]!))
                .ShouldBe([("ann", false), ("bob", true), ("cid", false)]);
        var page = (await server.Client.GetFromJsonAsync<JsonObject>("/api/v1/strategies?symbol=BTC&limit=1"))!;
        ((string)page["items"]!.AsArray().Single()!["id"]!, page["next"]).ShouldBe((Strategy, null));
        (await server.Client.GetFromJsonAsync<JsonObject>("/api/v1/strategies?symbol=ETH"))!["items"]!.AsArray().ShouldBeEmpty();
        (await server.Client.PatchAsJsonAsync("/api/v1/symbols/BTC", new { enabled = true })).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        File.ReadAllText(Directory.GetFiles(Path.Combine(_state, "control"), "*.command.json").Single()).ShouldContain("\"BTC\"");
        await (await server.Client.PatchAsJsonAsync("/api/v1/symbols/DOGE", new { enabled = true })).ProblemAsync(404);
        await (await server.Client.GetAsync("/api/v1/symbols/DOGE/history")).ProblemAsync(404);
    }

    [Fact]
    public async Task Without_live_accounts_there_is_nothing()
    {
        var server = await servers.PlainAsync;
        (await server.Client.GetFromJsonAsync<JsonArray>("/api/v1/orders"))!.ShouldBeEmpty();
    }
}
