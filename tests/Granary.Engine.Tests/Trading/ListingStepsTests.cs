using Granary.Engine.Backtesting;
using Granary.Engine.Market;

namespace Granary.Engine.Tests.Trading;

public sealed class ListingStepsTests
{
    private static readonly long Day = TimeSpan.TicksPerDay, Start = new DateTime(2024, 3, 4, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private static MarketSeries Series => new(new Instrument
    {
        Symbol = "ES",
        Changes = new ListingChanges("A", new ListingChange(Start + 2 * Day, "A", "B", ListingChangeKind.End, 1, 0),
            new ListingChange(Start + 5 * Day, "B", "C", ListingChangeKind.Roll, 1, 2),
            new ListingChange(Start + 8 * Day, "C", "D", ListingChangeKind.End, 1, 0)),
    }, Timeframe.D1);

    private static BarBlock Bars(int from, int to)
    {
        double[] ones = [.. Enumerable.Repeat(1.0, to - from)];
        return new BarBlock(0, [.. Enumerable.Range(from, to - from).Select(d => Start + d * Day)], ones, ones, ones, ones, ones);
    }

    private static string[] Of(params BarBlock[] blocks)
    {
        var steps = new ListingSteps(Series);
        return [.. blocks.SelectMany(b => steps.In(b) ?? []).Select(s => $"{s.Index} {(s.Restarts ? "restarts" : "changes")}")];
    }

    [Fact]
    public void Each_change_has_its_bar_and_the_bar_after_an_end_restarts() =>
        Of(Bars(0, 10)).ShouldBe(["2 changes", "3 restarts", "5 changes", "8 changes", "9 restarts"]);

    [Theory]
    // The first bar of B is the first of the range, and a later one is.
    [InlineData(3)]
    [InlineData(4)]
    public void What_ended_before_the_first_bar_changes_nothing(int from) =>
        Of(Bars(from, 5), Bars(5, 7)).ShouldBe(["0 changes"]);

    [Fact]
    public void A_range_that_begins_with_the_last_bar_of_a_listing_restarts_at_its_second()
    {
        Of(Bars(2, 5)).ShouldBe(["0 changes", "1 restarts"]);
        // Also in a block of its own, and at a roll.
        Of(Bars(2, 3), Bars(3, 5)).ShouldBe(["0 changes", "0 restarts"]);
        Of(Bars(5, 7)).ShouldBe(["0 changes"]);
        Of(Bars(9, 12)).ShouldBeEmpty();
    }
}
