using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;
using Xunit;

namespace Plugins.Tests;

public sealed class GranaryPluginTests
{
    // What a portfolio with the rule decides on an entry whose bar opens at an hour of the day, UTC.
    private static string DecisionAt(int hour, int from, int until)
    {
        var portfolio = new PortfolioRun(1_000, PortfolioLimits.Of(ChosenRule.Of(() => new GranaryPlugin(from, until))),
            [new Instrument { Symbol = "TEST" }],
            [new PortfolioMember("one", [0], 1)]);
        var time = new DateTime(2024, 1, 2, hour, 0, 0, DateTimeKind.Utc).Ticks;
        return portfolio.OnSignal(0, new Signal(1, time, Side.Buy, OrderType.Market, 100, 1, 0, 0, long.MaxValue)).Word;
    }

    [Theory]
    [InlineData(7, "accepted")]
    [InlineData(8, "quiet-hours")]
    [InlineData(9, "quiet-hours")]
    [InlineData(10, "accepted")]
    public void It_refuses_entries_from_its_first_hour_until_its_last(int hour, string expected) =>
        Assert.Equal(expected, DecisionAt(hour, from: 8, until: 10));

    [Fact]
    public void Hours_in_the_wrong_order_are_refused() => Assert.Throws<ArgumentException>(() => new GranaryPlugin(10, 8));
}
