using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Exchanges.Tests.Server;
using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>Accounts at an exchange with balances in several coins.</summary>
public sealed class SeveralQuotesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-quotes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static VenueInstrument Listed(string coin, string quote) => new()
    {
        Symbol = coin + quote,
        Listed = $"{coin}-{quote}",
        Base = coin,
        Quote = quote,
        Tick = 0.01m,
        Lot = 0.001m,
    };

    private static readonly IReadOnlyList<VenueInstrument> s_listed =
        [Listed("BTC", "USDT"), Listed("ETH", "EUR"), Listed("BTC", "EUR"), Listed("EUR", "USDT"), Listed("SOL", "USDT")];

    [Fact]
    public void Instruments_of_several_quotes_need_the_rates_of_the_account()
    {
        VenueCheck.Match("x", s_listed, ["BTCUSDT", "SOLUSDT"]).Count.ShouldBe(2);
        VenueCheck.Match("x", s_listed, ["BTCUSDT", "ETHEUR"], hasRates: true).Count.ShouldBe(2);
        Should.Throw<InputException>(() => VenueCheck.Match("x", s_listed, ["BTCUSDT", "ETHEUR"])).Message
            .ShouldContain("quoted in EUR and USDT; name the account's currency in account.currency");
    }

    [Theory]
    [InlineData("BTCUSDT", "BTCEUR", "BTC is held by BTCUSDT and by BTCEUR")]
    [InlineData("EURUSDT", "ETHEUR", "EUR is held by EURUSDT and by ETHEUR")]
    public void A_coin_that_two_instruments_hold_is_refused(string first, string second, string sentence) =>
        Should.Throw<InputException>(() => VenueCheck.Match("x", s_listed, [first, second], hasRates: true))
            .Message.ShouldContain(sentence);

    [Fact]
    public async Task The_cash_of_an_account_is_its_balances_at_the_rates_of_now()
    {
        await using var server = await ExchangeServer.StartAsync(TestExchange.Named("binance").Dialect(new MarketTerms()));
        var environment = TestVenue.Environment(_folder);
        var rates = new RateSeries([1, DateTime.MaxValue.Ticks], [0.9, 0.5], [1, 1], long.MaxValue, "");
        var instruments = environment.Instruments.ToDictionary(i => i.Key, i => i.Value with { Rates = rates });
        await using var broker = await VenueBroker.ConnectAsync(TestExchange.Named("binance").Open(server.Endpoint), TestVenue.Fast,
            environment with { Instruments = instruments }, default);
        (await broker.SnapshotAsync()).Cash.ShouldBe(900_000);
    }
}
