using System.Diagnostics;
using System.Text.Json;
using Granary.Exchanges.Tests.Server;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Commands;

/// <summary><c>granary serve</c> with a session at an exchange, started over HTTP. The server is killed and the next one
/// continues.</summary>
public sealed class ServedExchangeSessionTests : IDisposable
{
    private const string To = "2022-01-09";

    private static readonly string Bars = "csv:" + Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-served-").FullName;
    private readonly List<Process> _started = [];

    public void Dispose()
    {
        foreach (var process in _started)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private Process Start(params string[] arguments)
    {
        var process = GranaryProcess.Start(_folder, arguments);
        _started.Add(process);
        return process;
    }

    private async Task<(Process Process, HttpClient Http)> ServeAsync()
    {
        var process = Start("serve", "--urls", "http://127.0.0.1:0", "--runs", At("served"));
        return (process, new HttpClient { BaseAddress = new Uri(await ListeningServer.AddressAsync(process)) });
    }

    private static async Task<JsonElement?> ViewAsync(HttpClient http)
    {
        using var answer = await http.GetAsync("/api/v1/sessions/served");
        return answer.IsSuccessStatusCode ? JsonElement.Parse(await answer.Content.ReadAsStringAsync()) : null;
    }

    [Fact]
    public async Task A_server_that_is_killed_continues_its_session_at_an_exchange_and_the_accounts_agree()
    {
        File.WriteAllText(At("batch.json"), $$"""
            { "name": "served", "data": { "source": "{{Bars}}", "symbols": ["COINUSDT"], "timeframe": "1h", "to": "{{To}}",
                "instruments": { "COINUSDT": { "lot": 0.001, "tick": 0.01 } } },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": [8, 13] }, "size": { "percentOfEquity": 20 },
                "stopLossPercent": 2 } ], "portfolio": { "weights": "equal" } }
            """);
        (await GranaryProcess.RunAsync(_folder, "backtest", At("batch.json"), "--out", At("backtest"), "--quiet")).ExitCode.ShouldBe(0);
        await using var exchange = await ExchangeServer.StartAsync(
            TestExchange.Named("kucoin-futures").Dialect(new MarketTerms { Base = "COIN" }));
        var (first, http) = await ServeAsync();
        // The client watches; the session is the server's.
        Start("live", At("backtest/prod.json"), "--feed", Bars, "--to", To, "--without-evidence", "--broker", "kucoin-futures",
            "--endpoint", exchange.Endpoint.ToString(), "--pace", "fixed:20ms", "--host", http.BaseAddress!.ToString(), "--quiet");
        await Eventually.HoldsAsync(() => exchange.Market.Orders.Count > 4);
        first.Kill();
        await first.WaitForExitAsync();
        http.Dispose();
        var before = exchange.Market.Orders.Count;

        (_, http) = await ServeAsync();
        await Eventually.HoldsAsync(async () => await ViewAsync(http) is { } view && view.GetProperty("phase").GetString() != "running");
        var end = (await ViewAsync(http))!.Value;
        http.Dispose();
        end.GetProperty("phase").GetString().ShouldBe("done", end.ToString());
        exchange.Market.Orders.Count.ShouldBeGreaterThan(before);
        exchange.Market.Received.ShouldAllBe(r => r.Value == 1);
        var status = end.GetProperty("status");
        status.GetProperty("differences").GetInt32().ShouldBe(0);
        var positions = status.GetProperty("positions");
        var held = positions.TryGetProperty("COINUSDT", out var own) ? own.GetDouble() : 0;
        held.ShouldBe((double)exchange.Market.Position, 1e-9);
        status.GetProperty("fills").GetInt32().ShouldBe(exchange.Market.Fills.Count);
    }
}
