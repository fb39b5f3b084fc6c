using Granary.Engine.Market;

namespace Granary.Engine.Tests.Market;

public sealed class CurrencyUnitTests
{
    [Theory]
    [InlineData("USD", "usd")]
    [InlineData("USD", "USDT")]
    [InlineData("USDC", "FDUSD")]
    [InlineData("GBp", "GBX")]
    [InlineData("ZAc", "ZAC")]
    [InlineData("EUR", " eur ")]
    public void Spellings_of_one_unit_are_the_same_currency(string one, string other) =>
        CurrencyUnit.Of(one).ShouldBe(CurrencyUnit.Of(other));

    [Theory]
    [InlineData("USD", "JPY")]
    [InlineData("GBP", "GBp")]
    [InlineData("GBP", "GBX")]
    [InlineData("ZAR", "ZAc")]
    [InlineData("USDT", "BTC")]
    [InlineData("USD", "CAD")]
    public void Other_units_are_named_with_the_first_amount_of_each(string one, string other)
    {
        CurrencyUnit.Of(one).ShouldNotBe(CurrencyUnit.Of(other));
        CurrencyUnit.Different([("A", one), ("B", other), ("C", one)]).ShouldBe($"A in {one}, B in {other}");
        CurrencyUnit.Different([("A", one), ("C", one)]).ShouldBeNull();
    }
}
