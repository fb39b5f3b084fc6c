using System.Text.Json;
using Granary.Data.BarFiles;
using Granary.Engine.Market;
using Granary.Exchanges.Tests.Feeds;
using Granary.Exchanges.Tests.Server;
using Granary.Testing;
using static Granary.Exchanges.Tests.Feeds.ExchangeMessages;
using static Granary.Exchanges.Tests.Feeds.LocalExchange.Ending;

namespace Granary.Exchanges.Tests.Commands;

/// <summary>A session on an exchange's websocket that is restarted after the exchange has changed its history.</summary>
public sealed class ChangedExchangeBarsTests : IDisposable
{
    private const int Past = 600, Live = 20, More = 5;

    private static readonly long s_first = Timeframe.H1.Floor(DateTime.UtcNow.Ticks) - 6 * TimeSpan.TicksPerHour;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-changed-").FullName;
    private readonly LocalExchange _feed = new();

    public void Dispose()
    {
        _feed.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private static long TimeOf(int minute) => s_first + minute * TimeSpan.TicksPerMinute;

    private static Bar BarAt(int minute)
    {
        var c = SimulatedCandle.At((TimeOf(minute) - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond);
        return new Bar(TimeOf(minute), (double)c.Open, (double)c.High, (double)c.Low, (double)c.Close, (double)c.Volume);
    }

    private async Task<string> ProductionAsync()
    {
        Directory.CreateDirectory(At("bars"));
        BarCsvWriter.Write(At("bars/BTCUSDT.csv"), Timeframe.M1, [.. Enumerable.Range(-Past, Past).Select(BarAt)]);
        File.WriteAllText(At("batch.json"), """
            { "name": "changed", "data": { "source": "csv:bars", "symbols": ["BTCUSDT"], "timeframe": "1m",
                "instruments": { "BTCUSDT": { "lot": 0.001, "tick": 0.01 } } },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 3, "slow": 8 }, "size": { "percentOfEquity": 10 } } ],
              "portfolio": { "weights": "equal" } }
            """);
        var (exit, _, error) = await GranaryProcess.RunAsync(_folder, "backtest", At("batch.json"), "--out", At("backtest"), "--quiet");
        exit.ShouldBe(0, error);
        return At("backtest/prod.json");
    }

    // A bar ends with the first message about the next one.
    private void Send(int from, int to, double lastClose = 0)
    {
        Bar Of(int minute) => minute == to - 1 && lastClose > 0 ? BarAt(minute) with { Close = lastClose } : BarAt(minute);
        _feed.Session(Silence, [Sign("kucoin"), .. Enumerable.Range(from, to - from).Select(i => Kline("kucoin", Of(i), false, 50)),
            Kline("kucoin", BarAt(to), false, 1)]);
    }

    private string[] Arguments(ExchangeServer history, string name, string policy) =>
    [
        "live", At("backtest/prod.json"), "--feed", $"ws:kucoin?endpoint=http://127.0.0.1:{_feed.Port}/", "--warm-up",
        $"exchange:kucoin?endpoint={Uri.EscapeDataString(history.Endpoint.ToString())}", "--state", At("state"), "--out", At(name),
        "--without-evidence", "--json", "--changed-bars", policy,
    ];

    // Trades until the session has taken the bar, and stops it.
    private async Task TradeAsync(ExchangeServer history, string name, int upTo, string policy = "refuse")
    {
        using var process = GranaryProcess.Start(_folder, Arguments(history, name, policy));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Eventually.HoldsAsync(() => process.HasExited || HasTaken(upTo));
        process.HasExited.ShouldBeFalse(process.HasExited ? await error : "");
        (await GranaryProcess.RunAsync(_folder, "session", At("state"), "stop", "--why", "the test is over")).ExitCode.ShouldBe(0);
        await process.WaitForExitAsync();
        (process.ExitCode, await output).ExitCode.ShouldBe(0, await error);
    }

    private bool HasTaken(int minute) => Path.Combine(At("state"), "control", "status.json") is var status && File.Exists(status)
        && JsonElement.Parse(File.ReadAllText(status)).GetProperty("instant").GetDateTime().Ticks >= TimeOf(minute);

    private string Notes(string run) =>
        JsonElement.Parse(File.ReadAllText(At($"{run}/account.json"))).GetProperty("notes").ToString();

    [Fact]
    public async Task A_history_that_was_halved_by_a_split_is_refused_at_the_restart_and_kept_to_the_journal_if_the_operator_says_so()
    {
        await ProductionAsync();
        await using var history = await ExchangeServer.StartAsync(TestExchange.Named("kucoin").Dialect(new MarketTerms()));
        Send(0, Live);
        await TradeAsync(history, "before", Live);
        Send(Live, Live + More);
        await TradeAsync(history, "same", Live + More);
        Notes("same").ShouldNotContain("other prices");

        history.Market.Candle = time =>
        {
            var c = SimulatedCandle.At(time);
            return new SimulatedCandle(c.Open / 2, c.High / 2, c.Low / 2, c.Close / 2, 2 * c.Volume);
        };
        var refused = await GranaryProcess.RunAsync(_folder, Arguments(history, "refused", "refuse"));
        refused.ExitCode.ShouldBe(2, refused.Output);
        refused.Error.ShouldMatch(@"differs from .*: ([\d,]+) of \1 bars of BTCUSDT have other prices \(first ");
        refused.Error.ShouldContain("all by the factor 0.5, as after a split");
        refused.Error.ShouldContain("Nothing was traded");
        HasTaken(Live + More + 1).ShouldBeFalse();

        Send(Live + More, Live + 2 * More);
        await TradeAsync(history, "kept", Live + 2 * More, "keep");
        Notes("kept").ShouldContain("bars of BTCUSDT have other prices");
    }

    [Fact]
    public async Task A_bar_that_the_feed_brought_unfinished_is_named_at_the_restart()
    {
        await ProductionAsync();
        await using var history = await ExchangeServer.StartAsync(TestExchange.Named("kucoin").Dialect(new MarketTerms()));
        var whole = BarAt(Live - 1);
        Send(0, Live, lastClose: whole.Low + 0.5);
        await TradeAsync(history, "before", Live);
        var refused = await GranaryProcess.RunAsync(_folder, Arguments(history, "refused", "refuse"));
        refused.ExitCode.ShouldBe(2, refused.Output);
        refused.Error.ShouldMatch(@": 1 of [\d,]+ bars of BTCUSDT have other prices \(first ");
        var time = FormattableString.Invariant($"{new DateTime(whole.Time):yyyy-MM-dd'T'HH:mm:ss'Z'}");
        refused.Error.ShouldContain(FormattableString.Invariant(
            $"(first {time}: close {whole.Low + 0.5} in the journal, {whole.Close} in the feed)"));
    }
}
