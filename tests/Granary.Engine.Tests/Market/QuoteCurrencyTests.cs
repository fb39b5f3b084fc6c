using Granary.Engine.Market;

namespace Granary.Engine.Tests.Market;

public sealed class QuoteCurrencyTests
{
    [Theory]
    [InlineData("USDJPY", "JPY")]
    [InlineData("eurusd", "USD")]
    [InlineData("EUR/GBP", "GBP")]
    [InlineData("EUR-CHF", "CHF")]
    [InlineData("EUR_GBP", "GBP")]
    [InlineData("XAUEUR", "EUR")]
    [InlineData("BTCJPY", "JPY")]
    [InlineData("BTCEUR", "EUR")]
    [InlineData("BTC-EUR", "EUR")]
    [InlineData("BTC_JPY", "JPY")]
    [InlineData("SOL/GBP", "GBP")]
    [InlineData("ETHBTC", "BTC")]
    [InlineData("BTCUSDT", "USDT")]
    [InlineData("BTC/EUR:EUR", "EUR")]
    [InlineData("BTC-EUR-SWAP", "EUR")]
    [InlineData("BTC_USDT-PERP", "USDT")]
    [InlineData("KRAKEN:XBTEUR", "EUR")]
    [InlineData("ANYCOIN/JPY", "JPY")]
    [InlineData("USDJPY=X", "JPY")]
    [InlineData("JPY=X", "JPY")]
    [InlineData("USDJPY.pro", "JPY")]
    [InlineData("USDJPYm", "JPY")]
    [InlineData("USDJPY#", "JPY")]
    [InlineData("USDJPY_i", "JPY")]
    [InlineData("OANDA:USDJPY", "JPY")]
    [InlineData("OANDA:EUR_GBP", "GBP")]
    [InlineData("C:EURGBP", "GBP")]
    [InlineData("7203.T", "JPY")]
    [InlineData("VOD.L", "GBX")]
    [InlineData("SAP.DE", "EUR")]
    [InlineData("RELIANCE.NS", "INR")]
    [InlineData("XTSE:RY.TO", "CAD")]
    [InlineData("ACME", null)]
    [InlineData("GBTC", null)]
    [InlineData("BRK.B", null)]
    [InlineData("BRK-B", null)]
    [InlineData("NASDAQ:AAPL", null)]
    [InlineData("ES=F", null)]
    [InlineData("USDXJPY", null)]
    [InlineData("EUR", null)]
    [InlineData("", null)]
    [InlineData("/", null)]
    [InlineData(":", null)]
    [InlineData("=X", null)]
    public void A_name_shows_the_currency_of_its_prices(string symbol, string? currency) => QuoteCurrency.Of(symbol).ShouldBe(currency);

    [Theory]
    [InlineData("JPY=X", "USD", "JPY")]
    [InlineData("OANDA:EUR_USD", "EUR", "USD")]
    [InlineData("EURUSD.pro", "EUR", "USD")]
    [InlineData("BTCJPY", "BTC", "JPY")]
    [InlineData("BTC/EUR:EUR", "BTC", "EUR")]
    public void A_pair_has_both_of_its_currencies(string symbol, string first, string second) =>
        QuoteCurrency.PairOf(symbol).ShouldBe((first, second));

    [Theory]
    [InlineData("7203.T")]
    [InlineData("IBM")]
    [InlineData("BRK-B")]
    public void Anything_else_is_no_pair(string symbol) => QuoteCurrency.PairOf(symbol).ShouldBeNull();

    [Fact]
    public void A_pair_with_the_ending_of_an_exchange_has_two_readings()
    {
        QuoteCurrency.Of("EURUSD.T").ShouldBe("USD");
        QuoteCurrency.OtherReading("EURUSD.T").ShouldBe("JPY");
        QuoteCurrency.OtherReading("7203.T").ShouldBeNull();
        QuoteCurrency.OtherReading("EURUSD.pro").ShouldBeNull();
    }
}
