using System.Text.Json;
using Granary.Exchanges.Tests.Server;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Commands;

/// <summary>The commands that talk to an exchange without a session: <c>broker check</c>, <c>data import --from-exchange</c>.</summary>
public sealed class ExchangeCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-commands-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        GranaryProcess.RunAsync(_folder, arguments);

    private static Task<ExchangeServer> ServerAsync(string name) =>
        ExchangeServer.StartAsync(TestExchange.Named(name).Dialect(new MarketTerms { Base = "COIN" }));

    private async Task<string> ProductionAsync(string execution = "{}", string strategy = "", string portfolio = "", string lot = "0.001")
    {
        var batch = Path.Combine(_folder, "batch.json");
        var bars = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");
        File.WriteAllText(batch, $$"""
            { "name": "checked", "data": { "source": "csv:{{bars}}", "symbols": ["COINUSDT"], "timeframe": "1h", "to": "2022-01-09",
                "instruments": { "COINUSDT": { "lot": {{lot}}, "tick": 0.01 } } },
              "execution": {{execution}},
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": 8 }, "stopLossPercent": 2{{strategy}} } ],
              "portfolio": { "weights": "equal"{{portfolio}} } }
            """);
        var run = Path.Combine(_folder, "backtest");
        var (exit, _, error) = await RunAsync("backtest", batch, "--out", run, "--quiet");
        return exit == 0 ? Path.Combine(run, "prod.json") : error;
    }

    [Fact]
    public async Task Broker_check_shows_the_account_sends_no_order_and_prints_no_secret()
    {
        var production = await ProductionAsync(strategy: ", \"sides\": \"long\"");
        await using var server = await ServerAsync("kucoin");
        var (exit, output, error) = await RunAsync("broker", "check", "kucoin", production, "--endpoint", server.Endpoint.ToString());
        exit.ShouldBe(0, error);
        output.ShouldContain("long only");
        output.ShouldContain("The key may: General, Spot");
        output.ShouldContain("COIN-USDT");
        foreach (var secret in (string[])[VenueDialect.Key, VenueDialect.Secret, VenueDialect.Passphrase])
            (output + error).ShouldNotContain(secret);
        server.Market.Orders.ShouldBeEmpty();

        var json = JsonDocument.Parse((await RunAsync("broker", "check", "kucoin", "--symbols", "COIN/USDT", "--json", "--endpoint",
            server.Endpoint.ToString())).Output).RootElement;
        json.GetProperty("balances").GetProperty("USDT").GetDouble().ShouldBe(1_000_000);
        json.GetProperty("faults").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Broker_check_and_live_refuse_what_the_venue_cannot_trade_before_the_first_order()
    {
        var production = await ProductionAsync("""{ "leverage": 25 }""", lot: "0.0005");
        await using var spot = await ServerAsync("gateio");
        var check = await RunAsync("broker", "check", "gateio", production, "--endpoint", spot.Endpoint.ToString());
        check.ExitCode.ShouldBe(2);
        check.Error.ShouldContain("cannot sell short, which SmaCross may do; give it \"sides\": \"long\"");
        check.Error.ShouldContain("the broker 'gateio' has no leverage above 1");
        var live = await RunAsync("live", production, "--feed", "csv:nowhere", "--broker", "gateio", "--without-evidence");
        live.ExitCode.ShouldNotBe(0);
        live.Error.ShouldContain("cannot sell short");

        await using var futures = await ServerAsync("gateio-futures");
        check = await RunAsync("broker", "check", "gateio-futures", production, "--endpoint", futures.Endpoint.ToString());
        check.ExitCode.ShouldBe(2);
        check.Error.ShouldContain("COIN_USDT at 'gateio-futures' has no leverage above 20");
        check.Error.ShouldContain("the lot of COIN_USDT is 0.001, and data.instruments.COINUSDT.lot is 0.0005; write a multiple of 0.001");
        live = await RunAsync("live", production, "--feed", "csv:" + Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h"),
            "--to", "2022-01-09", "--broker", "gateio-futures", "--endpoint", futures.Endpoint.ToString(), "--state",
            Path.Combine(_folder, "state"), "--out", Path.Combine(_folder, "run"), "--without-evidence");
        live.ExitCode.ShouldNotBe(0);
        live.Error.ShouldContain("the lot of COIN_USDT is 0.001");
        spot.Market.Orders.Concat(futures.Market.Orders).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_order_below_the_smallest_value_of_the_venue_is_refused_by_the_check()
    {
        var production = await ProductionAsync(strategy: ", \"sides\": \"long\", \"size\": { \"cash\": 0.5 }");
        await using var server = await ServerAsync("binance");
        var (exit, _, error) = await RunAsync("broker", "check", "binance", production, "--endpoint", server.Endpoint.ToString());
        exit.ShouldBe(2);
        error.ShouldContain("SmaCross orders COINUSDT for 0.5 USDT, and the smallest order at 'binance' is worth 1; give it a larger size");
    }

    [Fact]
    public async Task A_portfolio_that_is_planned_for_a_broker_is_refused_before_it_runs()
    {
        var refused = await ProductionAsync(portfolio: ", \"broker\": \"kucoin\"");
        refused.ShouldContain("portfolio.broker");
        refused.ShouldContain("cannot sell short, which SmaCross may do");
        (await ProductionAsync(portfolio: ", \"broker\": \"kuchen\"")).ShouldContain("there is no broker 'kuchen'");
        var planned = await ProductionAsync(portfolio: ", \"broker\": \"kucoin-futures\"");
        File.ReadAllText(planned).ShouldContain("\"broker\": \"kucoin-futures\"");
        // Paper that is like a spot market refuses the same configuration.
        var live = await RunAsync("live", planned, "--feed", "csv:nowhere", "--broker", "paper", "--paper", "like=gateio",
            "--without-evidence");
        live.ExitCode.ShouldNotBe(0);
        live.Error.ShouldContain("cannot sell short");
    }

    [Fact]
    public async Task Data_import_downloads_a_history_into_a_store_and_continues_where_it_was()
    {
        await using var server = await ServerAsync("kucoin-futures");
        var store = "store:" + Path.Combine(_folder, "bars");
        string[] Import(string to) => ["data", "import", "--from-exchange", "kucoin-futures", "--symbol", "COINUSDT", "--timeframe", "1m",
            "--from", "2024-03-01", "--to", to, "--store", store, "--endpoint", server.Endpoint.ToString(), "--json"];
        var first = await RunAsync(Import("2024-03-01T05:00:00Z"));
        first.ExitCode.ShouldBe(0, first.Error);
        Numbers(first.Output).ShouldBe((300, 300));
        Numbers((await RunAsync(Import("2024-03-01T10:00:00Z"))).Output).ShouldBe((300, 300));
        Numbers((await RunAsync(Import("2024-03-01T10:00:00Z"))).Output).ShouldBe((0, 0));
        var unknown = await RunAsync("data", "import", "--from-exchange", "kucoin-futures", "--symbol", "NOSUCHUSDT", "--timeframe", "1m",
            "--from", "2024-03-01", "--store", store, "--endpoint", server.Endpoint.ToString());
        unknown.ExitCode.ShouldNotBe(0);
        unknown.Error.ShouldContain("kucoin-futures does not list NOSUCHUSDT");
    }

    private static (int Read, int Added) Numbers(string output)
    {
        var json = JsonDocument.Parse(output).RootElement;
        return (json.GetProperty("read").GetInt32(), json.GetProperty("added").GetInt32());
    }
}
