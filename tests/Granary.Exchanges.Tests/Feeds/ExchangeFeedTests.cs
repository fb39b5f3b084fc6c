using System.Globalization;
using System.Text.Json;
using Granary.Data.Feeds;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Exchanges.Feeds;
using Granary.Exchanges.Markets;
using Granary.Storage.Addresses;
using Granary.Testing;
using static Granary.Exchanges.Tests.Feeds.ExchangeMessages;
using static Granary.Exchanges.Tests.Feeds.LocalExchange.Ending;

namespace Granary.Exchanges.Tests.Feeds;

public sealed class ExchangeFeedTests
{
    private static readonly long Start = new DateTime(2024, 5, 1, 12, 0, 0, DateTimeKind.Utc).Ticks;

    public static TheoryData<string> Exchanges => [.. ExchangeMarkets.Feeds.Select(e => e.Name)];

    private static ExchangeProtocol Named(string name) => ExchangeMarkets.Feeds.Single(e => e.Name == name);

    private static Bar Minute(int n, double close = 0) =>
        new(Start + n * TimeSpan.TicksPerMinute, 100 + n, 103 + n, 98 + n, close == 0 ? 101 + n : close, 5 + n);

    private static ExchangeFeedRequest To(LocalExchange server, string exchange, params string[] symbols) => new()
    {
        Exchange = Named(exchange),
        Markets = [.. (symbols.Length > 0 ? symbols : ["BTCUSDT"]).Select(s => new BarQuery(s, Timeframe.M1))],
        Endpoint = new Uri(exchange == "kucoin" ? $"http://127.0.0.1:{server.Port}/" : $"ws://127.0.0.1:{server.Port}/"),
        Backoff = TimeSpan.FromMilliseconds(5),
        Tries = 4,
    };

    private static async Task<List<(int Series, Bar Bar)>> Bars(ExchangeFeed feed, int count)
    {
        var bars = new List<(int, Bar)>();
        using var timeout = new CancellationTokenSource(Eventually.Longest);
        await foreach (var item in feed.ReadAsync(timeout.Token))
        {
            if (item.Bars is { } block) bars.Add((item.Series, block[0]));
            if (bars.Count == count) break;
        }
        return bars;
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task Each_bar_comes_once_when_it_is_closed_over_dropped_connections_repeats_and_disorder(string exchange)
    {
        using var server = new LocalExchange();
        server.Session(Drop, Sign(exchange),
            // the last one is out of order
            Kline(exchange, Minute(0, 100.5), false, 10), Kline(exchange, Minute(0), false, 50),
            Kline(exchange, Minute(0, 99.5), false, 20), Kline(exchange, Minute(0), true, 60), Kline(exchange, Minute(1, 100.7), false, 5));
        server.Session(Close, Sign(exchange),
            Kline(exchange, Minute(0), true, 60), // once more
            Kline(exchange, Minute(1), false, 40), Kline(exchange, Minute(1), true, 60), Kline(exchange, Minute(2), false, 1));
        server.Session(Silence, Sign(exchange), Kline(exchange, Minute(2), true, 60), Kline(exchange, Minute(3), true, 60),
            Kline(exchange, Minute(4), false, 1), Kline(exchange, Minute(4), false, 64));
        await using var feed = new ExchangeFeed(To(server, exchange));
        (await Bars(feed, 5)).Select(b => b.Bar).ShouldBe([Minute(0), Minute(1), Minute(2), Minute(3), Minute(4)]);
        feed.Connections.ShouldBe(3);
        feed.Notes.ShouldContain($"{exchange}: the connection was lost 2 times and opened again");
        feed.Notes.ShouldContain(n => n.Contains("came after later ones", StringComparison.Ordinal));
        feed.Series[0].ToString().ShouldBe("BTCUSDT:1m");
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task A_bar_whose_end_was_not_received_is_not_made_up(string exchange)
    {
        using var server = new LocalExchange();
        server.Session(Drop, Kline(exchange, Minute(0), true, 60), Kline(exchange, Minute(1, 100.7), false, 5));
        server.Session(Silence, Kline(exchange, Minute(2), false, 30), Kline(exchange, Minute(2), true, 60),
            Kline(exchange, Minute(3), false, 5));
        await using var feed = new ExchangeFeed(To(server, exchange));
        (await Bars(feed, 2)).Select(b => b.Bar).ShouldBe([Minute(0), Minute(2)]);
        feed.Notes.ShouldContain($"{exchange}: 1 bars were under way when the connection was lost and closed before it was back; they are "
            + $"left out, a gap to be filled");
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task Bars_of_several_symbols_come_in_one_order_and_a_silent_symbol_delays_no_other(string exchange)
    {
        using var server = new LocalExchange();
        server.Session(Silence, Sign(exchange),
            // BTC has no second minute
            Kline(exchange, Minute(0), true, 60, "ETH"), Kline(exchange, Minute(0), true, 60.5),
            Kline(exchange, Minute(1), true, 60, "ETH"),
            Kline(exchange, Minute(2), true, 60, "ETH"), Kline(exchange, Minute(2), true, 60.2),
            Kline(exchange, Minute(3), false, 10, "ETH"), Kline(exchange, Minute(3), false, 10));
        await using var feed = new ExchangeFeed(To(server, exchange, "BTC/USDT", "ethusdt"));
        (await Bars(feed, 5)).ShouldBe([(0, Minute(0)), (1, Minute(0)), (1, Minute(1)), (0, Minute(2)), (1, Minute(2))]);
    }

    [Theory]
    [InlineData("binance", """{"method":"SUBSCRIBE","params":["btcusdt@kline_1m"],"id":1}""")]
    [InlineData("gateio", """channel":"spot.candlesticks","event":"subscribe","payload":["1m","BTC_USDT"]}""")]
    [InlineData("kucoin", """type":"subscribe","topic":"/market/candles:BTC-USDT_1min","privateChannel":false,"response":true}""")]
    public async Task Subscriptions_are_as_documented(string exchange, string subscription)
    {
        using var server = new LocalExchange();
        server.Session(Silence, Kline(exchange, Minute(0), true, 60), Kline(exchange, Minute(1), false, 5));
        await using var feed = new ExchangeFeed(To(server, exchange));
        await Bars(feed, 1);
        server.Received.ShouldContain(h => h.Contains(subscription, StringComparison.Ordinal));
        if (exchange == "kucoin")
            server.Received.ShouldContain(h => h.StartsWith("?token=a%2Btoken%3D%3D&connectId=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_silent_connection_is_opened_again_and_pings_are_sent_meanwhile()
    {
        var clock = new ManualClock();
        using var server = new LocalExchange();
        server.Session(Silence, Kline("gateio", Minute(0), true, 60));
        server.Session(Silence, Kline("gateio", Minute(1), true, 60), Kline("gateio", Minute(2), false, 5));
        await using var feed = new ExchangeFeed(To(server, "gateio") with { Clock = clock });
        var reading = Bars(feed, 2);
        var driving = Task.Run(async () =>
        {
            while (!reading.IsCompleted)
            {
                await Task.Delay(20);
                clock.Advance(TimeSpan.FromSeconds(10));
            }
        });
        (await reading).Count.ShouldBe(2);
        await driving;
        feed.Connections.ShouldBeGreaterThanOrEqualTo(2);
        server.Received.ShouldContain(h => h.Contains("spot.ping", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_exchange_that_refuses_at_first_is_asked_again_and_one_that_never_answers_is_a_sentence()
    {
        using var server = new LocalExchange { Refuse = 2 };
        server.Session(Silence, Kline("binance", Minute(0), true, 60), Kline("binance", Minute(1), false, 5));
        await using (var feed = new ExchangeFeed(To(server, "binance"))) (await Bars(feed, 1)).Count.ShouldBe(1);
        await using var none = new ExchangeFeed(To(server, "binance") with { Endpoint = new Uri("ws://127.0.0.1:1/") });
        (await Should.ThrowAsync<BarStoreException>(() => Bars(none,
            1))).Message.ShouldStartWith("binance at 127.0.0.1 could not be reached in 4 tries");
    }

    [Theory]
    [InlineData("binance", false)]
    [InlineData("gateio", false)]
    [InlineData("kucoin", false)]
    [InlineData("binance", true)]
    public async Task An_exchange_that_accepts_and_closes_is_given_up_after_the_tries(string exchange, bool signs)
    {
        using var server = new LocalExchange();
        for (var i = 0; i < 8; i++)
            if (signs) server.Session(Close, Sign(exchange));
            else server.Session(i % 2 == 0 ? Close : Drop);
        await using var feed = new ExchangeFeed(To(server, exchange));
        (await Should.ThrowAsync<BarStoreException>(() => Bars(feed, 1))).Message.ShouldStartWith(
            $"{exchange} at 127.0.0.1 brought no bar in 4 connections (the exchange accepted and closed them)");
        feed.Connections.ShouldBe(4);
        feed.Fault.ShouldNotBeNull().ShouldContain("the last 4 connections brought no bar");
    }

    [Fact]
    public async Task Foreign_messages_refusals_and_a_clock_that_goes_back_are_reported()
    {
        using var server = new LocalExchange();
        server.Session(Silence, "hello", Kline("binance", Minute(0), true, 60),
            """{"error":{"code":2,"msg":"Invalid request: unknown stream"},"id":1}""", Kline("binance", Minute(1), false, 5),
            Kline("binance", Minute(1), false, -600), Kline("binance", Minute(1), true, 60), Kline("binance", Minute(2), false, 5));
        await using var feed = new ExchangeFeed(To(server, "binance"));
        (await Bars(feed, 2)).Select(b => b.Bar).ShouldBe([Minute(0), Minute(1)]);
        feed.Notes.ShouldContain("binance refuses: Invalid request: unknown stream");
        feed.Notes.ShouldContain(n => n.Contains("its clock went back", StringComparison.Ordinal));
        feed.Notes.ShouldContain(n => n.StartsWith("1 messages could not be read; the first: binance sent what is none of its documented "
            + "messages: hello", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("BTCUSDT", "BTCUSDT", "BTC-USDT", "BTC_USDT")]
    [InlineData("eth/btc", "ETHBTC", "ETH-BTC", "ETH_BTC")]
    [InlineData("SOL-USD", "SOLUSD", "SOL-USD", "SOL_USD")]
    public void One_symbol_has_each_exchanges_spelling(string symbol, string binance, string kucoin, string gateio) =>
        (Named("binance").Spell(symbol), Named("kucoin").Spell(symbol), Named("gateio").Spell(symbol)).ShouldBe((binance, kucoin, gateio));

    [Fact]
    public async Task What_cannot_be_spelled_or_is_no_exchange_is_a_sentence()
    {
        Should.Throw<BarDataException>(() => Named("kucoin")
            .Spell("ORCL")).Message.ShouldBe("symbol 'ORCL': kucoin cannot tell its two currencies apart; write it as BTC/USDT");
        (await Should.ThrowAsync<BarDataException>(() => new ExchangeFeedFactory().OpenAsync(new LiveFeedRequest("ws:nasdaq",
            [new BarQuery("A", Timeframe.M1)], TimeProvider.System), TestContext.Current.CancellationToken)))
            .Message.ShouldBe("'ws:nasdaq': there is no exchange 'nasdaq'; use ws:binance, ws:gateio, ws:kucoin");
    }

    [Theory]
    [InlineData("binance", """{"error":{"code":2,"msg":"Invalid request: unknown stream"},"id":1}""",
        "binance refuses: Invalid request: unknown stream; correct the symbols or the timeframe")]
    [InlineData("binance", """{"code":2,"msg":"Invalid request: too many parameters"}""",
        "binance refuses: Invalid request: too many parameters; correct the symbols or the timeframe")]
    [InlineData("gateio",
        """
            {"time":1606292218,"time_ms":1606292218231,"channel":"spot.candlesticks","event":"subscribe","error":{"code":2,
              "message":"unknown currency pair: XYZ_USDT"},"result":null}
            """, "gateio refuses: unknown currency pair: XYZ_USDT; correct the symbols or the timeframe")]
    [InlineData("kucoin", """{"id":"1545910590801","type":"error","code":404,"data":"topic /market/candles:XYZ-USDT_1min is not found"}""",
        "kucoin refuses: topic /market/candles:XYZ-USDT_1min is not found; correct the symbols or the timeframe")]
    public async Task An_exchange_that_refuses_what_is_asked_for_is_a_sentence_and_not_a_feed_without_bars(string exchange, string refusal,
        string sentence)
    {
        using var server = new LocalExchange();
        server.Session(Silence, Sign(exchange), refusal);
        await using var feed = new ExchangeFeed(To(server, exchange));
        (await Should.ThrowAsync<BarDataException>(() => Bars(feed, 1))).Message.ShouldBe(sentence);
    }

    [Fact]
    public async Task KuCoin_is_asked_after_its_welcome_and_pinged_as_often_as_its_server_wants()
    {
        var clock = new ManualClock();
        using var server = new LocalExchange { PingInterval = 4000 };
        server.Session(Silence, Kline("kucoin", Minute(0), false, 5));
        await using var feed = new ExchangeFeed(To(server, "kucoin") with { Clock = clock });
        using var leave = new CancellationTokenSource(Eventually.Longest);
        var reading = Task.Run(async () =>
        {
            await foreach (var _ in feed.ReadAsync(leave.Token))
            {
            }
        });
        await Eventually.HoldsAsync(() => clock.NextDue == clock.GetUtcNow() + TimeSpan.FromSeconds(4));
        await Eventually.HoldsAsync(() => server.Received.Any(h => h.Contains("/market/candles:BTC-USDT_1min", StringComparison.Ordinal)));
        server.Received.ShouldNotContain(h => h.Contains("\"ping\"", StringComparison.Ordinal));
        server.Early.ShouldBe(0);
        clock.Advance(TimeSpan.FromSeconds(4));
        await Eventually.HoldsAsync(() => server.Received.Any(h => h.Contains("\"type\":\"ping\"", StringComparison.Ordinal)));
        await leave.CancelAsync();
        await reading.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task A_ping_frame_is_answered_by_a_pong_with_its_payload()
    {
        using var server = new PingingExchange();
        using var leave = new CancellationTokenSource(Eventually.Longest);
        await using var feed = new ExchangeFeed(To(server));
        var reading = Task.Run(async () =>
        {
            await foreach (var _ in feed.ReadAsync(leave.Token))
            {
            }
        });
        await server.AcceptAsync(leave.Token);
        (await server.PingAsync("16725", leave.Token)).ShouldBe("16725");
        await leave.CancelAsync();
        await reading.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static ExchangeFeedRequest To(PingingExchange server) => new()
    {
        Exchange = Named("binance"),
        Markets = [new BarQuery("BTCUSDT", Timeframe.M1)],
        Endpoint = new Uri($"ws://127.0.0.1:{server.Port}/stream"),
    };

    // A source whose bars come when the test lets them.
    private sealed class SlowSource(Bar[] bars) : IBarSource
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            new(["BTCUSDT"]);

        public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
        {
            Asked.TrySetResult();
            await Released.Task.WaitAsync(cancellationToken);
            return new MemoryBarSeries(new Instrument { Symbol = query.Symbol }, query.Timeframe,
                [.. bars.Where(b => query.Wants(b.Time))], []);
        }
    }

    // The past is asked for after the first live bar. The exchange would close a connection that leaves a ping unanswered.
    [Fact]
    public async Task While_a_long_past_is_read_the_connection_is_read_too_and_no_bar_is_lost()
    {
        using var server = new PingingExchange();
        using var leave = new CancellationTokenSource(Eventually.Longest);
        var past = new SlowSource([.. Enumerable.Range(0, 10).Select(n => Minute(n))]);
        var feed = new ExchangeFeed(To(server));
        await using var warm = new WarmFeed(new WarmFeedRequest { Feed = feed, Past = [past] });
        var bars = new List<Bar>();
        var reading = Task.Run(async () =>
        {
            await foreach (var slice in warm.ReadAsync(leave.Token))
            {
                bars.AddRange(slice.Bars.Select(b => b.Bar));
                if (bars.Count == 14) return;
            }
        });
        await server.AcceptAsync(leave.Token);
        await server.SendAsync(Kline("binance", Minute(10), true, 60), leave.Token);
        await past.Asked.Task;
        for (var n = 11; n < 14; n++)
        {
            (await server.PingAsync($"{n}", leave.Token)).ShouldBe($"{n}");
            await server.SendAsync(Kline("binance", Minute(n), true, 60), leave.Token);
        }
        await server.SendAsync(Kline("binance", Minute(14), false, 5), leave.Token);
        bars.ShouldBeEmpty();
        past.Released.SetResult();
        await reading;
        bars.ShouldBe(Enumerable.Range(0, 14).Select(n => Minute(n)));
        feed.Connections.ShouldBe(1);
        warm.LiveFrom.ShouldBe(Minute(10).Time);
    }

    // The reader is busy from the first item on.
    [Fact]
    public async Task Bars_beyond_the_bound_are_left_out_with_a_sentence_and_the_connection_stays()
    {
        using var server = new PingingExchange();
        using var leave = new CancellationTokenSource(Eventually.Longest);
        await using var feed = new ExchangeFeed(To(server) with { MostWaiting = 8 });
        await using var items = feed.ReadAsync(leave.Token).GetAsyncEnumerator(leave.Token);
        var first = items.MoveNextAsync();
        await server.AcceptAsync(leave.Token);
        await server.SendAsync(Kline("binance", Minute(0), true, 60), leave.Token);
        (await first).ShouldBeTrue();
        for (var n = 1; n < 20; n++) await server.SendAsync(Kline("binance", Minute(n), true, 60), leave.Token);
        (await server.PingAsync("after them", leave.Token)).ShouldBe("after them");
        feed.Fault.ShouldBe("binance: the session is 8 bars and times behind the market, so later bars are left out until it has taken half "
            + "of them");
        var bars = new List<Bar> { items.Current.Bars![0] };
        // Eight items wait: a heartbeat follows each bar.
        for (var i = 0; i < 8; i++)
        {
            (await items.MoveNextAsync()).ShouldBeTrue();
            if (items.Current.Bars is { } more) bars.Add(more[0]);
        }
        bars.ShouldBe(Enumerable.Range(0, bars.Count).Select(n => Minute(n)));
        await server.SendAsync(Kline("binance", Minute(20), true, 60), leave.Token);
        do (await items.MoveNextAsync()).ShouldBeTrue(); while (items.Current.Bars is null);
        items.Current.Bars[0].ShouldBe(Minute(20));
        feed.Fault.ShouldBeNull();
        feed.Notes.ShouldBe([$"binance: {20 - bars.Count} bars were left out, a gap to be filled: 8 bars and times waited for the session, "
            + "which was slower than the market"]);
        feed.Connections.ShouldBe(1);
    }

    [Fact]
    public void A_timeframe_that_an_exchange_does_not_have_is_a_sentence() =>
        Should.Throw<BarDataException>(() => new ExchangeFeed(new ExchangeFeedRequest
        {
            Exchange = Named("gateio"),
            Markets = [new BarQuery("BTCUSDT", Timeframe.M3)]
        })).Message
            .ShouldBe("timeframe: gateio has no 3m bars; take 1m bars and let longer ones be built from them");

    [Theory]
    [InlineData("BTC-USDT,ETH-USDT")]
    [InlineData("../x")]
    [InlineData("btcusdt@depth/x")]
    [InlineData("a';drop table/b")]
    [InlineData("BTC\0/USDT")]
    [InlineData("Ω/USDT")]
    public void A_symbol_from_outside_names_no_other_channel(string symbol)
    {
        foreach (var exchange in ExchangeMarkets.Feeds)
            Should.Throw<BarDataException>(() => exchange.Spell(symbol)).Message.ShouldContain("cannot tell its two currencies apart");
    }
}
