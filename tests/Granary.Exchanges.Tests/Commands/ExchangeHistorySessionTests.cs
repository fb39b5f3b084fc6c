using System.Globalization;
using System.Text.Json;
using Granary.Data.BarFiles;
using Granary.Engine.Market;
using Granary.Exchanges.Tests.Feeds;
using Granary.Exchanges.Tests.Server;
using Granary.Testing;
using static Granary.Exchanges.Tests.Feeds.ExchangeMessages;
using static Granary.Exchanges.Tests.Feeds.LocalExchange.Ending;

namespace Granary.Exchanges.Tests.Commands;

/// <summary>A session whose past, and the bars that its feed misses, come from an exchange.</summary>
public sealed class ExchangeHistorySessionTests : IDisposable
{
    // A session on one-minute bars warms up over 500 bars six times, and five days.
    private const int Past = 6 * 500 + 5 * 1440, Live = 60, Missed = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-history-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private static Bar BarAt(long time)
    {
        var c = SimulatedCandle.At((time - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond);
        return new Bar(time, (double)c.Open, (double)c.High, (double)c.Low, (double)c.Close, (double)c.Volume);
    }

    private async Task<string> ProductionAsync(long first)
    {
        Directory.CreateDirectory(At("bars"));
        BarCsvWriter.Write(At("bars/BTCUSDT.csv"), Timeframe.M1,
            [.. Enumerable.Range(-Past, Past + Live).Select(i => BarAt(first + i * TimeSpan.TicksPerMinute))]);
        File.WriteAllText(At("batch.json"), $$"""
            { "name": "history", "data": { "source": "csv:bars", "symbols": ["BTCUSDT"], "timeframe": "1m",
                "instruments": { "BTCUSDT": { "lot": 0.001, "tick": 0.01 } } },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": [8, 13] }, "size": { "percentOfEquity": 10 } } ],
              "portfolio": { "weights": "equal" } }
            """);
        var (exit, _, error) = await GranaryProcess.RunAsync(_folder, "backtest", At("batch.json"), "--out", At("backtest"), "--quiet");
        exit.ShouldBe(0, error);
        return At("backtest/prod.json");
    }

    private string Digest(string run) =>
        JsonDocument.Parse(File.ReadAllText(At($"{run}/results.json"))).RootElement.GetProperty("digest").GetString()!;

    private static string Exchange(ExchangeServer server) =>
        $"exchange:kucoin?endpoint={Uri.EscapeDataString(server.Endpoint.ToString())}";

    [Fact]
    public async Task A_session_warms_up_from_the_exchange_takes_from_it_what_its_feed_misses_and_matches_the_backtest_of_these_bars()
    {
        var first = Timeframe.H1.Floor(DateTime.UtcNow.Ticks) - 6 * TimeSpan.TicksPerHour;
        var production = await ProductionAsync(first);
        await using var server = await ExchangeServer.StartAsync(TestExchange.Named("kucoin").Dialect(new MarketTerms()));
        using var feed = new LocalExchange();
        IEnumerable<string> Minutes(int from, int to) => Enumerable.Range(from, to - from).SelectMany(i =>
            (string[])[Kline("binance", BarAt(first + i * TimeSpan.TicksPerMinute), closed: true, 60)]);
        feed.Session(Drop, [Sign("binance"), .. Minutes(0, 20)]);
        feed.Session(Silence, [Sign("binance"), .. Minutes(20 + Missed, Live)]);
        using var process = GranaryProcess.Start(_folder, "live", production, "--feed",
            $"ws:binance?endpoint=ws://127.0.0.1:{feed.Port}/", "--warm-up", Exchange(server), "--state", At("state"), "--out", At("run"),
            "--without-evidence", "--json");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var status = Path.Combine(At("state"), "control", "status.json");
        async Task<long> TakenAsync() =>
            File.Exists(status) ? JsonDocument.Parse(await File.ReadAllTextAsync(status)).RootElement.GetProperty("bars").GetInt64() : 0;
        // The status counts the bars of the warm-up too.
        await Eventually.IsAsync(TakenAsync, bars => process.HasExited || bars >= Past + Live);
        process.HasExited.ShouldBeFalse(process.HasExited ? await error : "");
        (await GranaryProcess.RunAsync(_folder, "session", At("state"), "stop", "--why", "the test is over")).ExitCode.ShouldBe(0);
        await process.WaitForExitAsync();
        (process.ExitCode, await output).ExitCode.ShouldBe(0, await error);
        var notes = JsonDocument.Parse(File.ReadAllText(At("run/account.json"))).RootElement.GetProperty("notes").ToString();
        notes.ShouldContain("the connection was lost");
        notes.ShouldNotContain("bars are missing");
        notes.ShouldContain("warmed up over 10,200 bars");
        server.Log.ShouldContain("GET /api/v1/market/candles");

        // The configuration with the portfolio's first bar, over a file of the same bars.
        var text = await File.ReadAllTextAsync(production);
        const string portfolio = "\"portfolio\": {";
        var start = new DateTime(first, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(At("backtest/same.json"), text.Replace(portfolio, $"{portfolio} \"from\": \"{start}\",",
            StringComparison.Ordinal));
        var same = await GranaryProcess.RunAsync(_folder, "backtest", At("backtest/same.json"), "--out", At("same"), "--quiet");
        same.ExitCode.ShouldBe(0, same.Error);
        Digest("run").ShouldBe(Digest("same"));
        JsonDocument.Parse(File.ReadAllText(At("run/against_backtest.json"))).RootElement.GetProperty("same").GetBoolean().ShouldBeTrue();
    }
}
