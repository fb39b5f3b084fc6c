using Granary.Reporting.Runs;

namespace Granary.Reporting.Tests.Runs;

public class CountedTests
{
    [Theory]
    [InlineData(0, "trade", "0 trades")]
    [InlineData(1, "trade", "1 trade")]
    [InlineData(1, "strategy", "1 strategy")]
    [InlineData(1024, "strategy", "1,024 strategies")]
    [InlineData(2, "day", "2 days")]
    [InlineData(2, "accepted entry", "2 accepted entries")]
    public void A_count_of_one_has_its_noun_in_the_singular(long count, string noun, string text) => Counted.Of(count, noun).ShouldBe(text);

    [Fact]
    public void A_part_of_one_has_its_noun_in_the_singular()
    {
        Counted.Of(1, 1, "strategy").ShouldBe("1 of 1 strategy");
        Counted.Of(1, 2, "strategy").ShouldBe("1 of 2 strategies");
    }
}
