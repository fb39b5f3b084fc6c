using Granary.Engine.Market;

namespace Granary.Engine.Tests.Market;

public sealed class DigitsTests
{
    [Theory]
    // On the tick or the lot: its digits, also those that are zero.
    [InlineData(101.5, 2, "101.50")]
    [InlineData(0.1 + 0.2, 2, "0.30")]
    [InlineData(0.0000123, 7, "0.0000123")]
    [InlineData(1250, 0, "1250")]
    // Between two steps, as an average of fills: the digits that it has, at most eight significant ones.
    [InlineData(101.505, 2, "101.505")]
    [InlineData(101.0 / 3, 2, "33.666667")]
    [InlineData(1_234_567.891234, 2, "1234567.89")]
    // Without a step: a price of the data as it is, a computed one with eight significant digits.
    [InlineData(1.12345, null, "1.12345")]
    [InlineData(30123.4567, null, "30123.4567")]
    [InlineData(0.0000123, null, "0.0000123")]
    [InlineData(7.519612345678901, null, "7.5196123")]
    [InlineData(0.000012345678901, null, "0.000012345679")]
    [InlineData(0, null, "0")]
    [InlineData(-2, null, "-2")]
    [InlineData(double.NaN, 2, "–")]
    public void A_price_has_the_digits_of_its_instrument(double value, int? digits, string text) =>
        Digits.Text(value, digits).ShouldBe(text);

    [Fact]
    public void Tables_separate_thousands() => Digits.Text(62964.65, 2, grouped: true).ShouldBe("62,964.65");

    [Theory]
    [InlineData(0.01, 4, 2)]
    [InlineData(0.5, 4, 1)]
    [InlineData(1e-8, -1, 8)]
    [InlineData(0, 4, 4)]
    [InlineData(0, -1, null)]
    public void The_tick_comes_before_the_decimals_of_the_data(double tick, int decimals, int? digits) =>
        Digits.OfPrices(new Instrument { Symbol = "A", TickSize = tick, PriceDecimals = decimals }).ShouldBe(digits);
}
