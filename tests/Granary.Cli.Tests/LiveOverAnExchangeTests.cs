using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Granary.Data.BarFiles;
using Granary.Data.Sources;
using Granary.Engine.Market;
using Granary.Exchanges.Tests.Feeds;
using Granary.Storage.Addresses;
using Granary.Testing;
using static Granary.Exchanges.Tests.Feeds.ExchangeMessages;
using static Granary.Exchanges.Tests.Feeds.LocalExchange.Ending;

namespace Granary.Cli.Tests;

/// <summary>
/// <c>granary live</c> on an exchange's websocket: a server on loopback that speaks the documented messages, drops connections, repeats,
/// and is away while bars close.
/// </summary>
public sealed class LiveOverAnExchangeTests
{
    private const int Past = 400, Live = 150, Missed = 3;

    private static Bar[] Process(int seed, long start)
    {
        var random = new Random(seed);
        var price = 100.0;
        return [.. Enumerable.Range(0, Past + Live).Select(i =>
        {
            var open = price;
            price = Math.Round(open * (1 + 0.004 * (random.NextDouble() - 0.5)), 2);
            return new Bar(start + i * TimeSpan.TicksPerMinute, open, Math.Round(Math.Max(open, price) + 0.1, 2),
                Math.Round(Math.Min(open, price) - 0.1, 2), price, 10 + random.Next(90));
        })];
    }

    [Theory]
    [InlineData("binance")]
    [InlineData("kucoin")]
    [InlineData("gateio")]
    public async Task It_trades_over_drops_repeats_and_gaps_with_the_digest_of_the_backtest_over_the_same_bars(string exchange)
    {
        using var folder = new TestFolder();
        // Live begins one to two hours from now, so that no bar is late, however slow the machine.
        var first = Timeframe.H1.Floor(DateTime.UtcNow.Ticks) + 2 * TimeSpan.TicksPerHour;
        var coins = new[] { "BTC", "ETH" };
        var bars = coins.ToDictionary(c => c, c => Process(c[0], first - Past * TimeSpan.TicksPerMinute), StringComparer.Ordinal);
        Directory.CreateDirectory(folder.At("bars"));
        foreach (var coin in coins) BarCsvWriter.Write(folder.At($"bars/{coin}USDT.csv"), Timeframe.M1, bars[coin]);
        const string Batch = """
            { "name": "streamed", "data": { "source": "csv:bars", "symbols": ["BTCUSDT", "ETHUSDT"], "timeframe": "1m" },
              "execution": { "commissionPercent": 0.01 },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": [8, 13] }, "timeframe": ["1m", "5m"],
                "size": { "percentOfEquity": 10 }, "stopLossPercent": 0.5 } ],
              "portfolio": { "weights": "equal" } }
            """;
        folder.Write("batch.json", Batch);
        // The portfolio of a session starts at its first bar; the bars before move the strategies alone.
        folder.Write("same.json", Batch.Replace("\"weights\": \"equal\"",
            $"\"weights\": \"equal\", \"from\": \"{new DateTime(first):yyyy-MM-dd'T'HH:mm:ss'Z'}\"", StringComparison.Ordinal));
        var backtest = await GranaryCall.RunAsync("backtest", folder.At("batch.json"), "--out", folder.At("backtest"), "--no-guards",
            "--json");
        backtest.ExitCode.ShouldBe(0, backtest.Error);
        var same = await GranaryCall.RunAsync("backtest", folder.At("same.json"), "--out", folder.At("same"), "--no-guards", "--json");
        same.ExitCode.ShouldBe(0, same.Error);

        using var server = new LocalExchange();
        Script(server, exchange, bars, first);

        var state = folder.At("state");
        using var process = GranaryProcess.Start(folder.Path, "live", folder.At("backtest/prod.json"), "--feed",
            $"ws:{exchange}?endpoint={(exchange == "kucoin" ? "http" : "ws")}://127.0.0.1:{server.Port}/&keep={folder.At("kept")}",
            "--state", state, "--out", folder.At("live"), "--without-evidence", "--json");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var status = Path.Combine(state, "control", "status.json");
        async Task<long> TakenAsync() =>
            File.Exists(status) ? JsonDocument.Parse(await File.ReadAllTextAsync(status)).RootElement.GetProperty("bars").GetInt64() : 0;
        var taken = await Eventually.IsAsync(TakenAsync, bars => bars >= 2 * (Past + Live) || process.HasExited);
        process.HasExited.ShouldBeFalse(process.HasExited ? await error : "");
        taken.ShouldBe(2 * (Past + Live));
        (await GranaryCall.RunAsync("session", state, "stop", "--why", "the day is over")).ExitCode.ShouldBe(0);
        await process.WaitForExitAsync().WaitAsync(Eventually.LongestWork);
        process.ExitCode.ShouldBe(0, await error);

        var live = JsonDocument.Parse(await output).RootElement;
        live.GetProperty("digest").GetString().ShouldBe(JsonDocument.Parse(same.Output).RootElement.GetProperty("digest").GetString());
        live.GetProperty("orders").GetInt32().ShouldBeGreaterThan(20);
        live.GetProperty("fills").GetInt32().ShouldBeGreaterThan(20);
        var intents = (await GranaryCall.RunAsync("session", state, "journal", "--kind", "OrderIntended", "--json")).Output.Split('\n',
            StringSplitOptions.RemoveEmptyEntries);
        intents.Length.ShouldBe(live.GetProperty("orders").GetInt32());
        intents.Select(i => JsonDocument.Parse(i).RootElement.GetProperty("entry").GetProperty("instant").GetDateTime().Ticks)
            .ShouldAllBe(t => t > first);
        await NothingIsMissingAsync(folder, exchange, coins, first);
    }

    // Three connections: one that drops, one that the exchange closes, and one that stays.
    private static void Script(LocalExchange server, string exchange, Dictionary<string, Bar[]> bars, long first)
    {
        IEnumerable<string> Minutes(int from, int to)
        {
            for (var n = Past + from; n < Past + to; n++)
                foreach (var coin in bars.Keys)
                {
                    var bar = bars[coin][n];
                    yield return Kline(exchange, bar with { Close = bar.Open, High = bar.High - 0.05 }, false, 20, coin);
                    yield return Kline(exchange, bar, false, 59.9, coin);
                    yield return Kline(exchange, bar, true, 60, coin);
                    yield return Kline(exchange, bar, true, 60, coin);
                }
        }
        // What follows the last bar says that it is over, where the exchange has no word for that.
        IEnumerable<string> Next(int n) =>
            bars.Keys.Select(coin => Kline(exchange, new Bar(first + n * TimeSpan.TicksPerMinute, 100, 100, 100, 100, 1), false, 10, coin));
        server.Session(Drop, [Sign(exchange), .. Minutes(0, 50), .. Next(50)]);
        // It comes back when three bars have passed, and begins with what was already known.
        server.Session(Close, [Sign(exchange), .. Minutes(48, 50), .. Minutes(50 + Missed, 100), .. Next(100)]);
        server.Session(Silence, [Sign(exchange), .. Minutes(100, Live), .. Next(Live)]);
    }

    private static async Task NothingIsMissingAsync(TestFolder folder, string exchange, string[] coins, long first)
    {
        var notes = JsonDocument.Parse(await File.ReadAllTextAsync(folder.At("live/account.json"))).RootElement.GetProperty("notes")
            .EnumerateArray().Select(n => n.GetString()!).ToList();
        notes.ShouldContain($"{exchange}: the connection was lost 2 times and opened again");
        notes.ShouldNotContain(n => n.Contains("bars are missing", StringComparison.Ordinal)
            || n.Contains("were found after", StringComparison.Ordinal));
        // The store has what came, and what was missed.
        foreach (var coin in coins)
        {
            await using var kept = await TestCatalogues.All.Sources.Open(Address.Parse("store:" + folder.At("kept")))
                .OpenAsync(new BarQuery($"{coin}USDT", Timeframe.M1, first));
            kept.Count.ShouldBe(Live);
        }
    }
}
