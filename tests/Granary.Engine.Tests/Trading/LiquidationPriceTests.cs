using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Engine.Trading.Execution;

namespace Granary.Engine.Tests.Trading;

/// <summary>Liquidation prices that exchanges publish as examples, and the conditions that define them.</summary>
public sealed class LiquidationPriceTests
{
    // Binance, BTCUSDT: floor, rate and amount of the steps that its examples use.
    private static readonly MarginTiers s_btc = new([
        new(0, 0.004, 0, 125), new(50_000, 0.005, 50, 100), new(250_000, 0.01, 1_300, 50), new(1_000_000, 0.025, 16_300, 20),
        new(10_000_000, 0.05, 266_300, 10), new(20_000_000, 0.1, 1_266_300, 5)]);

    // The step that Binance's example of ETHUSDT uses, without the others.
    private static readonly MarginTiers s_eth = new([new(0, 0.1, 135_365, 0)]);

    /// <summary>
    /// https://www.binance.com/en/support/faq/b3c689c1f50a44cabb3a84e663b81d93: wallet balance 1,535,443.01; long 109.488 BTC at
    /// 32,481.98 and long 3,683.979 ETH at 1,456.84.
    /// </summary>
    [Fact]
    public void Binance_example_of_two_positions_with_cross_margin()
    {
        const double Wallet = 1_535_443.01;
        // The maintenance margin and the open profit of the other position.
        LiquidationPrice.Cross(Wallet - 356_512.508 - 448_192.89 - 109.488 * 32_481.98, 109.488, 0, s_btc, 0).ShouldBe(26_316.89, 0.005);
        LiquidationPrice.Cross(Wallet - 71_200.81144 - 56_354.57 - 3_683.979 * 1_456.84, 3_683.979, 0, s_eth, 0).ShouldBe(1_153.26, 0.005);
    }

    [Fact]
    public void Binance_example_of_the_same_positions_with_isolated_margin()
    {
        LiquidationPrice.Isolated(Side.Buy, 32_481.98, 109.488, 1_535_443.01, s_btc, 0).ShouldBe(18_778.73, 0.005);
        LiquidationPrice.Isolated(Side.Buy, 1_456.84, 3_683.979, 1_535_443.01, s_eth, 0).ShouldBe(1_114.78, 0.005);
    }

    /// <summary>
    /// https://phemex.com/help-center/liq-price-for-USDTM: 500 contracts at 0.4 with leverage 5; the margin includes the closing fee at the
    /// bankruptcy price. Maintenance 1 %, taker fee 0.06 %.
    /// </summary>
    [Fact]
    public void Phemex_example_of_a_long_position()
    {
        const double Margin = 200 / 5.0 + (200 - 200 / 5.0) * 0.0006;
        Margin.ShouldBe(40.096, 1e-9);
        LiquidationPrice.Isolated(Side.Buy, 0.4, 500, Margin, MarginTiers.Flat(0.01), 0.0006).ShouldBe(0.3232, 0.00005);
    }

    /// <summary>
    /// Gate.io, https://www.gate.io/help/futures/perpetual/22160/calculation-of-liquidation-price, with the numbers of a position of ETH
    /// and the price that its application shows (https://github.com/freqtrade/freqtrade/issues/7294).
    /// </summary>
    [Fact]
    public void Gateio_example_of_a_long_position() =>
        LiquidationPrice.Isolated(Side.Buy, 1_680.05, 0.5423, 182.81, MarginTiers.Flat(0.005), 7.5e-06).ShouldBe(1_349.70, 0.01);

    /// <summary>https://www.kucoin.com/support/26694703491737: 10,000 contracts of 0.001 BTC at 30,000, rate 0.4 %.</summary>
    [Fact]
    public void KuCoin_example_of_a_maintenance_margin() => MarginTiers.Flat(0.004).Maintenance(10_000 * 0.001 * 30_000).ShouldBe(1_200);

    [Theory, InlineData(60_000, 250), InlineData(249_999, 1_199.995), InlineData(250_000, 1_200), InlineData(500_000, 3_700)]
    public void The_maintenance_margin_is_the_rate_of_the_step_less_its_amount(double notional, double margin) =>
        s_btc.Maintenance(notional).ShouldBe(margin, 1e-9);

    [Theory, InlineData(125, 50_000), InlineData(126, 0), InlineData(100, 250_000), InlineData(7, 20_000_000),
        InlineData(5, double.PositiveInfinity)]
    public void A_leverage_bounds_the_notional(double leverage, double most) => s_btc.MostAt(leverage).ShouldBe(most);

    [Theory, InlineData(Side.Buy), InlineData(Side.Sell)]
    public void A_position_that_is_backed_in_full_has_no_price(Side side)
    {
        var price = LiquidationPrice.Isolated(side, 100, 3, 300, MarginTiers.Flat(0.01), 0);
        if (side == Side.Buy) price.ShouldBe(double.NaN);
        else price.ShouldBe(200 / 1.01, 1e-9);
    }

    [Fact]
    public void A_table_that_requires_more_than_the_margin_liquidates_at_once()
    {
        // Leverage 100 leaves 1 % of the notional, and the step requires 2.5 %.
        LiquidationPrice.Isolated(Side.Buy, 100, 20_000, 20_000, s_btc, 0).ShouldBeGreaterThan(100);
        LiquidationPrice.Isolated(Side.Sell, 100, 20_000, 20_000, s_btc, 0).ShouldBeLessThan(100);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void At_the_price_the_margin_is_exactly_what_the_position_requires(int seed)
    {
        var random = new Random(seed * 7919);
        for (var i = 0; i < 200; i++)
        {
            var side = random.Next(2) == 0 ? Side.Buy : Side.Sell;
            var (entry, fee) = (Math.Exp(random.NextDouble() * 10), random.NextDouble() * 0.01);
            var units = Math.Exp(random.NextDouble() * 17) / entry;
            var margin = entry * units / (1.5 + 50 * random.NextDouble());
            var price = LiquidationPrice.Isolated(side, entry, units, margin, s_btc, fee);
            price.ShouldBeGreaterThan(0);
            var left = margin + (int)side * units * (price - entry);
            (left - s_btc.Maintenance(units * price) - fee * units * price).ShouldBe(0, 1e-9 * entry * units);
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void At_the_price_of_an_account_its_equity_is_what_long_and_short_positions_require(int seed)
    {
        var random = new Random(seed * 6007);
        for (var i = 0; i < 200; i++)
        {
            var (longs, shorts) = (random.NextDouble() * 5_000, random.Next(2) == 0 ? 0 : random.NextDouble() * 5_000);
            var cash = (0.05 + random.NextDouble()) * 1_000_000 - (longs - shorts) * 1_000;
            var price = LiquidationPrice.Cross(cash, longs, shorts, s_btc, 0.001);
            // Longs and shorts that nearly cancel may require more than the account has at every price.
            if (!double.IsFinite(price)) continue;
            var required = s_btc.Maintenance(longs * price) + s_btc.Maintenance(shorts * price) + 0.001 * (longs + shorts) * price;
            (cash + (longs - shorts) * price - required).ShouldBe(0, 1e-6 * (1 + Math.Abs(required) + Math.Abs(cash)));
        }
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 10)];
}
