using Granary.Data.FolderStore;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Engine.Market;
using Granary.Exchanges.Candles;
using Granary.Exchanges.Tests.Server;
using Granary.Storage.Addresses;

namespace Granary.Exchanges.Tests.Candles;

public sealed class ExchangeCandlesTests : IDisposable
{
    private static readonly long From = Timeframe.H1.Floor(DateTime.UtcNow.Ticks) - 100 * TimeSpan.TicksPerHour;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-candles-").FullName;

    public static TheoryData<string> Names => TestExchange.Names;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Bar Expected(long time)
    {
        var c = SimulatedCandle.At((time - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond);
        return new Bar(time, (double)c.Open, (double)c.High, (double)c.Low, (double)c.Close, (double)c.Volume);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_history_of_several_pages_comes_once_and_in_order(string name)
    {
        await using var server = await ExchangeServer.StartAsync(TestExchange.Named(name).Dialect(new MarketTerms()));
        server.Faults.Errors = 0.2;
        await using var candles = ExchangeCandles.Open(name, server.Endpoint.ToString(), TimeProvider.System);
        var bars = new List<Bar>();
        await foreach (var page in candles.ReadAsync("BTC/USDT", Timeframe.M1, From, From + 4000 * TimeSpan.TicksPerMinute))
            bars.AddRange(page);
        bars.ShouldBe(Enumerable.Range(0, 4000).Select(i => Expected(From + i * TimeSpan.TicksPerMinute)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_download_continues_where_it_was_and_adds_what_lies_before(string name)
    {
        await using var server = await ExchangeServer.StartAsync(TestExchange.Named(name).Dialect(new MarketTerms()));
        await using var candles = ExchangeCandles.Open(name, server.Endpoint.ToString(), TimeProvider.System);
        await using var store = new FolderBarStore(_folder);
        long At(int minute) => From + minute * TimeSpan.TicksPerMinute;
        Task<(long Read, long Added)> Import(int from, int to) =>
            ExchangeImport.RunAsync(candles, "BTCUSDT", Timeframe.M1, (At(from), At(to)), store);

        (await Import(1000, 2000)).ShouldBe((1000, 1000));
        (await Import(1000, 2500)).ShouldBe((500, 500));
        (await Import(500, 2500)).ShouldBe((500, 500));
        (await Import(500, 2500)).ShouldBe((0, 0));
        var market = (await store.ListAsync()).ShouldHaveSingleItem();
        (market.Count, market.First, market.Last).ShouldBe((2000, At(500), At(2499)));
    }

    [Fact]
    public async Task A_download_fills_what_lies_between_bars_that_the_store_has()
    {
        await using var server = await ExchangeServer.StartAsync(TestExchange.Named("binance").Dialect(new MarketTerms()));
        await using var candles = ExchangeCandles.Open("binance", server.Endpoint.ToString(), TimeProvider.System);
        await using var store = new FolderBarStore(_folder);
        long At(int minute) => From + minute * TimeSpan.TicksPerMinute;
        Task<(long Read, long Added)> Import(int from, int to) =>
            ExchangeImport.RunAsync(candles, "BTCUSDT", Timeframe.M1, (At(from), At(to)), store);

        (await Import(3000, 3100)).ShouldBe((100, 100));
        (await Import(0, 100)).ShouldBe((100, 100));
        (await Import(500, 510)).ShouldBe((10, 10));
        // Two holes within one page are one request.
        (await Import(90, 600)).ShouldBe((500, 490));
        (await Import(0, 3100)).ShouldBe((2400, 2400));
        (await Import(0, 3100)).ShouldBe((0, 0));
        (await store.ListAsync()).ShouldHaveSingleItem().Count.ShouldBe(3100);
    }

    [Fact]
    public async Task A_history_that_reaches_no_further_back_is_refused_for_a_download_and_cut_for_a_session()
    {
        await using var server = await ExchangeServer.StartAsync(TestExchange.Named("gateio").Dialect(new MarketTerms()));
        await using var candles = ExchangeCandles.Open("gateio", server.Endpoint.ToString(), TimeProvider.System);
        var early = From - 30 * TimeSpan.TicksPerDay;
        await using var store = new FolderBarStore(_folder);
        (await Should.ThrowAsync<BarDataException>(() =>
            ExchangeImport.RunAsync(candles, "BTCUSDT", Timeframe.M1, (early, From), store))).Message
            .ShouldMatch("^gateio has only the last 10000 bars of 1m; begin at 20[0-9T:-]+Z or later$");
        var source = new ExchangeSourceFactory().Open(new BarSourceRequest(
            Address.Parse($"exchange:gateio?endpoint={Uri.EscapeDataString(server.Endpoint.ToString())}"), new BarFileOptions()));
        await using var series = await source.OpenAsync(new BarQuery("BTCUSDT", Timeframe.M1, early));
        series.Count.ShouldBeInRange(9_990, 10_000);
    }

    [Fact]
    public async Task An_exchange_that_is_away_is_no_fault_of_the_input()
    {
        var source = new ExchangeSourceFactory().Open(new BarSourceRequest(
            Address.Parse("exchange:kucoin?endpoint=http%3A%2F%2F127.0.0.1%3A1"), new BarFileOptions()));
        await Should.ThrowAsync<BarStoreException>(async () => await source.OpenAsync(new BarQuery("BTCUSDT", Timeframe.M1, From)));
    }

    [Fact]
    public async Task An_exchange_is_a_source_of_bars_and_says_what_it_does_not_have()
    {
        await using var server = await ExchangeServer.StartAsync(TestExchange.Named("kucoin").Dialect(new MarketTerms()));
        IBarSource Open(string address) =>
            new ExchangeSourceFactory().Open(new BarSourceRequest(Address.Parse(address), new BarFileOptions()));
        var source = Open($"exchange:kucoin?endpoint={Uri.EscapeDataString(server.Endpoint.ToString())}");
        await using var series = await source.OpenAsync(new BarQuery("BTCUSDT", Timeframe.M1, From, From + 10 * TimeSpan.TicksPerMinute));
        (series.Count, series.Instrument.Symbol, series.Instrument.TickSize).ShouldBe((10, "BTCUSDT", 0.01));
        (await Should.ThrowAsync<BarDataException>(async () => await source.OpenAsync(new BarQuery("NOSUCHUSDT", Timeframe.M1, From))))
            .Message.ShouldStartWith("kucoin does not list NOSUCHUSDT");
        (await Should.ThrowAsync<BarDataException>(async () => await source.OpenAsync(new BarQuery("BTCUSDT", Timeframe.M1))))
            .Message.ShouldContain("needs a first bar");
        Should.Throw<BarDataException>(() => Open("exchange:nowhere")).Message.ShouldContain("use exchange:binance");
    }
}
