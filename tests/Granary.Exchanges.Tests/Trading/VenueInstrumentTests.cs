using Granary.Exchanges.Trading;

namespace Granary.Exchanges.Tests.Trading;

/// <summary>Quantities and prices on the steps of an exchange.</summary>
public sealed class VenueInstrumentTests
{
    private static readonly VenueInstrument s_coin = new()
    {
        Symbol = "COINUSDT",
        Listed = "COIN-USDT",
        Base = "COIN",
        Quote = "USDT",
        Tick = 0.01m,
        Lot = 0.001m,
    };

    [Theory]
    [InlineData(0.02999999999999936, 0.030)]
    [InlineData(0.000999999999999359, 0.001)]
    [InlineData(0.0299, 0.029)]
    [InlineData(0.0009, 0)]
    [InlineData(0, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(4.978, 4.978)]
    public void The_rest_of_a_position_is_whole_lots_although_a_double_is_a_hair_below(double quantity, double lots) =>
        s_coin.FloorQuantity(quantity).ShouldBe((decimal)lots);
}
