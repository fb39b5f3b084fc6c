using System.Globalization;
using Granary.Reporting.Html;

namespace Granary.Reporting.Tests.Html;

public sealed class NumberTextTests
{
    [Fact]
    public void A_price_of_any_size_keeps_its_significant_digits()
    {
        NumberText.Price(1.234567e-8).ShouldBe("0.00000001234567");
        NumberText.Price(0).ShouldBe("0");
        NumberText.Price(0.5).ShouldBe("0.5");
        var random = new Random(4);
        for (var i = 0; i < 2_000; i++)
        {
            var price = Math.Pow(10, 18 * random.NextDouble() - 12);
            var text = NumberText.Price(price);
            double.Parse(text, NumberStyles.AllowThousands | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture)
                .ShouldBe(price, 1e-4 * price, text);
        }
    }

    [Theory]
    [InlineData("totalReturn", 0.1, 0.25, "+15.00 pp")]
    [InlineData("maxDrawdown", 0.652, 0.6042, "−4.78 pp")]
    [InlineData("winRate", 0.371, 0.149, "−22.2 pp")]
    [InlineData("winRate", 0.371, 0.3711, "< 0.1 pp")]
    [InlineData("sharpe", 0.36, 0.49, "+0.13")]
    [InlineData("trades", 537, 503, "−34")]
    [InlineData("finalEquity", 100_000, 103_500, "+3,500")]
    [InlineData("sharpe", 0.1, 0.30000000000000004 - 0.2, "same")]
    [InlineData("sharpe", double.NaN, 1, "–")]
    public void A_difference_of_percentages_is_in_percentage_points_and_every_other_in_its_own_unit(string metric, double first,
        double second, string text) =>
        MetricText.Difference(metric, first, second).ShouldBe(text);
}
