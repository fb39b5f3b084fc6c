using System.Globalization;
using System.Text;
using System.Text.Json;
using Granary.Data.Exchanges;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Testing;
using static Granary.Data.Tests.Exchanges.ExchangeMessages;
using static Granary.Data.Tests.Exchanges.LocalExchange.Ending;

namespace Granary.Data.Tests.Exchanges;

public sealed class ExchangeFeedTests
{
    private static readonly long Start = new DateTime(2024, 5, 1, 12, 0, 0, DateTimeKind.Utc).Ticks;

    public static TheoryData<string> Exchanges => [.. ExchangeProtocol.All.Select(e => e.Name)];

    private static ExchangeProtocol Named(string name) => ExchangeProtocol.All.Single(e => e.Name == name);

    private static Bar Minute(int n, double close = 0) => new(Start + n * TimeSpan.TicksPerMinute, 100 + n, 103 + n, 98 + n, close == 0 ? 101 + n : close, 5 + n);

    private static string Ticker(string exchange, long sequence, double price) => exchange switch
    {
        "binance" => $$"""{"stream":"btcusdt@ticker","data":{"e":"24hrTicker","E":{{Ms(Start) + sequence}},"s":"BTCUSDT","p":"0.0015","P":"250.00","w":"0.0018","x":"0.0009","c":"{{ExchangeMessages.Text(price)}}","Q":"10","b":"{{ExchangeMessages.Text(price - 1)}}","B":"10","a":"{{ExchangeMessages.Text(price + 1)}}","A":"100","o":"0.0010","h":"0.0025","l":"0.0010","v":"10000","q":"18","O":0,"C":86400000,"F":0,"L":18150,"n":18151} }""",
        "gateio" => $$"""{"time":{{Ms(Start) / 1000}},"time_ms":{{Ms(Start) + sequence}},"channel":"spot.tickers","event":"update","result":{"currency_pair":"BTC_USDT","last":"{{ExchangeMessages.Text(price)}}","lowest_ask":"{{ExchangeMessages.Text(price + 1)}}","highest_bid":"{{ExchangeMessages.Text(price - 1)}}","change_percentage":"-1.6301","base_volume":"96768.3","quote_volume":"1.8","high_24h":"20000","low_24h":"17000"} }""",
        _ => $$"""{"topic":"/market/ticker:BTC-USDT","type":"message","subject":"trade.ticker","data":{"bestAsk":"{{ExchangeMessages.Text(price + 1)}}","bestAskSize":"0.4","bestBid":"{{ExchangeMessages.Text(price - 1)}}","bestBidSize":"0.5","price":"{{ExchangeMessages.Text(price)}}","sequence":"{{sequence}}","size":"0.001","time":{{Ms(Start) + sequence}} } }""",
    };

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
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await foreach (var item in feed.ReadAsync(patience.Token))
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
            Kline(exchange, Minute(0, 100.5), false, 10), Kline(exchange, Minute(0), false, 50), Kline(exchange, Minute(0, 99.5), false, 20), // the last one is out of order
            Kline(exchange, Minute(0), true, 60), Kline(exchange, Minute(1, 100.7), false, 5));
        server.Session(Close, Sign(exchange),
            Kline(exchange, Minute(0), true, 60), // once more
            Kline(exchange, Minute(1), false, 40), Kline(exchange, Minute(1), true, 60), Kline(exchange, Minute(2), false, 1));
        server.Session(Silence, Sign(exchange), Kline(exchange, Minute(2), true, 60), Kline(exchange, Minute(3), true, 60), Kline(exchange, Minute(4), false, 1), Kline(exchange, Minute(4), false, 64));
        await using var feed = new ExchangeFeed(To(server, exchange));
        (await Bars(feed, 5)).Select(b => b.Bar).ShouldBe([Minute(0), Minute(1), Minute(2), Minute(3), Minute(4)]);
        feed.Connections.ShouldBe(3);
        feed.Notes.ShouldContain($"{exchange}: the connection was lost 2 times and made anew");
        feed.Notes.ShouldContain(n => n.Contains("came after later ones", StringComparison.Ordinal));
        feed.Series[0].ToString().ShouldBe("BTCUSDT:1m");
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task A_bar_whose_end_nobody_heard_is_not_made_up(string exchange)
    {
        using var server = new LocalExchange();
        server.Session(Drop, Kline(exchange, Minute(0), true, 60), Kline(exchange, Minute(1, 100.7), false, 5));
        server.Session(Silence, Kline(exchange, Minute(2), false, 30), Kline(exchange, Minute(2), true, 60), Kline(exchange, Minute(3), false, 5));
        await using var feed = new ExchangeFeed(To(server, exchange));
        (await Bars(feed, 2)).Select(b => b.Bar).ShouldBe([Minute(0), Minute(2)]);
        feed.Notes.ShouldContain($"{exchange}: 1 bars were under way when the connection was lost and closed before it was back; they are left out, a gap to be filled");
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task Bars_of_several_symbols_come_in_one_order_and_a_silent_one_holds_nobody_up(string exchange)
    {
        using var server = new LocalExchange();
        server.Session(Silence, Sign(exchange),
            Kline(exchange, Minute(0), true, 60, "ETH"), Kline(exchange, Minute(0), true, 60.5), Kline(exchange, Minute(1), true, 60, "ETH"), // BTC has no second minute
            Kline(exchange, Minute(2), true, 60, "ETH"), Kline(exchange, Minute(2), true, 60.2), Kline(exchange, Minute(3), false, 10, "ETH"), Kline(exchange, Minute(3), false, 10));
        await using var feed = new ExchangeFeed(To(server, exchange, "BTC/USDT", "ethusdt"));
        (await Bars(feed, 5)).ShouldBe([(0, Minute(0)), (1, Minute(0)), (1, Minute(1)), (0, Minute(2)), (1, Minute(2))]);
    }

    [Theory]
    [MemberData(nameof(Exchanges))]
    public async Task Tickers_come_in_their_order_and_once(string exchange)
    {
        using var server = new LocalExchange();
        server.Session(Silence, Sign(exchange), Ticker(exchange, 1, 100), Ticker(exchange, 2, 101), Ticker(exchange, 2, 101), Ticker(exchange, 1, 100), Ticker(exchange, 5, 102), Kline(exchange, Minute(0), true, 60), Kline(exchange, Minute(1), false, 5));
        await using var feed = new ExchangeFeed(To(server, exchange) with { Tickers = true });
        await Bars(feed, 1);
        var tickers = new List<ExchangeTicker>();
        while (feed.Tickers.TryRead(out var ticker)) tickers.Add(ticker);
        (tickers[^1].Last, tickers[^1].Bid, tickers[^1].Ask).ShouldBe((102, 101, 103));
        if (exchange != "kucoin") return; // the others do not number theirs
        tickers.Select(t => t.Sequence).ShouldBe([1, 2, 5]);
        feed.Notes.ShouldContain("kucoin: 1 tickers came twice, and were taken once");
    }

    [Theory]
    [InlineData("binance", """{"method":"SUBSCRIBE","params":["btcusdt@kline_1m","btcusdt@ticker"],"id":1}""")]
    [InlineData("gateio", """channel":"spot.candlesticks","event":"subscribe","payload":["1m","BTC_USDT"]}""")]
    [InlineData("kucoin", """type":"subscribe","topic":"/market/candles:BTC-USDT_1min","privateChannel":false,"response":true}""")]
    public async Task Subscriptions_are_as_documented(string exchange, string subscription)
    {
        using var server = new LocalExchange();
        server.Session(Silence, Kline(exchange, Minute(0), true, 60), Kline(exchange, Minute(1), false, 5));
        await using var feed = new ExchangeFeed(To(server, exchange) with { Tickers = true });
        await Bars(feed, 1);
        server.Heard.ShouldContain(h => h.Contains(subscription, StringComparison.Ordinal));
        if (exchange == "kucoin") server.Heard.ShouldContain(h => h.StartsWith("?token=a%2Btoken%3D%3D&connectId=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_has_gone_silent_is_made_anew_and_pings_go_out_meanwhile()
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
        server.Heard.ShouldContain(h => h.Contains("spot.ping", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_exchange_that_refuses_at_first_is_asked_again_and_one_that_never_answers_is_a_sentence()
    {
        using var server = new LocalExchange { Refuse = 2 };
        server.Session(Silence, Kline("binance", Minute(0), true, 60), Kline("binance", Minute(1), false, 5));
        await using (var feed = new ExchangeFeed(To(server, "binance"))) (await Bars(feed, 1)).Count.ShouldBe(1);
        await using var nobody = new ExchangeFeed(To(server, "binance") with { Endpoint = new Uri("ws://127.0.0.1:1/") });
        (await Should.ThrowAsync<BarStoreException>(() => Bars(nobody, 1))).Message.ShouldStartWith("binance at 127.0.0.1 could not be reached in 4 tries");
    }

    [Fact]
    public async Task Foreign_messages_refusals_and_a_clock_that_goes_back_are_told()
    {
        using var server = new LocalExchange();
        server.Session(Silence, "hello", """{"error":{"code":2,"msg":"Invalid request: unknown stream"},"id":1}""", Kline("binance", Minute(0), true, 60), Kline("binance", Minute(1), false, 5),
            Kline("binance", Minute(1), false, -600), Kline("binance", Minute(1), true, 60), Kline("binance", Minute(2), false, 5));
        await using var feed = new ExchangeFeed(To(server, "binance"));
        (await Bars(feed, 2)).Select(b => b.Bar).ShouldBe([Minute(0), Minute(1)]);
        feed.Notes.ShouldContain("binance refuses: Invalid request: unknown stream");
        feed.Notes.ShouldContain(n => n.Contains("its clock went back", StringComparison.Ordinal));
        feed.Notes.ShouldContain(n => n.StartsWith("1 messages could not be read; the first: binance sent what is none of its documented messages: hello", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("BTCUSDT", "BTCUSDT", "BTC-USDT", "BTC_USDT")]
    [InlineData("eth/btc", "ETHBTC", "ETH-BTC", "ETH_BTC")]
    [InlineData("SOL-USD", "SOLUSD", "SOL-USD", "SOL_USD")]
    public void One_symbol_has_each_exchanges_spelling(string symbol, string binance, string kucoin, string gateio) =>
        (Named("binance").Spell(symbol), Named("kucoin").Spell(symbol), Named("gateio").Spell(symbol)).ShouldBe((binance, kucoin, gateio));

    [Fact]
    public void What_cannot_be_spelled_or_is_no_exchange_is_a_sentence()
    {
        Should.Throw<BarDataException>(() => Named("kucoin").Spell("ORCL")).Message.ShouldBe("symbol 'ORCL': kucoin cannot tell its two currencies apart; write it as BTC/USDT");
        Should.Throw<BarDataException>(() => ExchangeFeed.Open("ws:nasdaq", [new BarQuery("A", Timeframe.M1)], TimeProvider.System)).Message.ShouldBe("'ws:nasdaq': there is no exchange 'nasdaq'; use ws:binance, ws:gateio, ws:kucoin");
    }
}
