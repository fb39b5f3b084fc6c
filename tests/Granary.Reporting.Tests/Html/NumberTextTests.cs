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
}
