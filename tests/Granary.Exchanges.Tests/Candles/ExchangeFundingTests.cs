using System.Text.Json;
using Granary.Data.Funding;
using Granary.Engine.Market;
using Granary.Exchanges.Binance;
using Granary.Exchanges.Candles;
using Granary.Exchanges.Gateio;
using Granary.Exchanges.Kucoin;
using Granary.Exchanges.Tests.Server;

namespace Granary.Exchanges.Tests.Candles;

/// <summary>Funding rates of the exchanges' public histories.</summary>
public sealed class ExchangeFundingTests
{
    private static readonly long s_from = new DateTime(2024, 1, 10).Ticks, s_to = new DateTime(2024, 7, 1).Ticks;

    public static TheoryData<string, string> Markets => new()
    {
        { "binance-futures", "binance" },
        { "gateio-futures", "gateio-futures" },
        { "kucoin-futures", "kucoin-futures" },
    };

    [Theory, MemberData(nameof(Markets))]
    public async Task A_history_of_several_pages_comes_once_and_in_order_at_whole_minutes(string market, string dialect)
    {
        await using var server = await ExchangeServer.StartAsync(TestExchange.Named(dialect).Dialect(new MarketTerms()));
        server.Faults.Errors = 0.2;
        await using var history = ExchangeFunding.Open(market, server.Endpoint.ToString(), TimeProvider.System);
        var rows = await history.ReadAsync("BTC/USDT", s_from, s_to, TestContext.Current.CancellationToken);

        long Unix(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
        var expected = SimulatedFunding.Between(Unix(s_from), Unix(s_to) - 1).ToList();
        expected.Count.ShouldBeGreaterThan(500);
        rows.Select(r => (Unix(r.Time), (decimal)r.Rate)).ShouldBe(expected.Select(f => (f.Time, f.Rate)));
        rows.Any(r => r.Mark > 0).ShouldBe(market == "binance-futures", "only Binance tells mark prices");
    }

    [Fact]
    public async Task Rates_of_the_future_and_unknown_markets_are_refused_or_left_out()
    {
        Should.Throw<BarDataException>(() => ExchangeFunding.Open("binance", null, TimeProvider.System)).Message
            .ShouldBe("'binance' has no history of funding rates; use binance-futures, gateio-futures, kucoin-futures");
        await using var server = await ExchangeServer.StartAsync(TestExchange.Named("binance").Dialect(new MarketTerms()));
        await using var history = ExchangeFunding.Open("binance-futures", server.Endpoint.ToString(), TimeProvider.System);
        var now = DateTime.UtcNow.Ticks;
        var rows = await history.ReadAsync("BTCUSDT", now - 3 * TimeSpan.TicksPerDay, now + 30 * TimeSpan.TicksPerDay,
            TestContext.Current.CancellationToken);
        rows.Count.ShouldBe(9);
        rows[^1].Time.ShouldBeLessThanOrEqualTo(DateTime.UtcNow.Ticks);
        (await Should.ThrowAsync<BarDataException>(() => history.ReadAsync("NOPE", now - 1, now, TestContext.Current.CancellationToken)))
            .Message.ShouldBe("binance-futures does not list NOPE; write it as BTC-USDT");
    }

    [Fact]
    public void Messages_are_parsed_as_the_exchanges_document_them()
    {
        // developers.binance.com, "Get Funding Rate History"; the mark price of old entries is empty.
        BinanceFutures.Rate(JsonElement.Parse("""
            {"symbol":"BTCUSDT","fundingRate":"-0.03750000","fundingTime":1570608000000,"markPrice":"34287.54619963"}
            """)).ShouldBe(new FundingRow(new DateTime(2019, 10, 9, 8, 0, 0).Ticks, -0.0375, 34287.54619963));
        double.IsNaN(BinanceFutures.Rate(JsonElement.Parse("""
            {"symbol":"BTCUSDT","fundingRate":"0.00010000","fundingTime":1570636800007,"markPrice":""}
            """)).Mark).ShouldBeTrue();
        // KuCoin, "Get Public Funding History".
        KucoinFuturesParser.FundingRate(JsonElement.Parse("""
            {"symbol":"IDUSDTM","fundingRate":2.26E-4,"timepoint":1702296000000}
            """)).ShouldBe(FundingRow.At(new DateTime(2023, 12, 11, 12, 0, 0).Ticks, 0.000226));
        // Gate.io, "Futures market historical funding rate".
        GateioFuturesParser.FundingRate(JsonElement.Parse("""{"t":1543968000,"r":"0.000157"}"""))
            .ShouldBe(FundingRow.At(new DateTime(2018, 12, 5).Ticks, 0.000157));
    }
}
