using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Engine.Tests.Market;

public sealed class TimeframeTests
{
    private static long Day(int year, int month, int day) => new DateTime(year, month, day).Ticks;

    [Theory]
    [InlineData("2h", 2)]
    [InlineData("6h", 6)]
    [InlineData("8h", 8)]
    [InlineData("12h", 12)]
    public void Longer_hours_are_counted_from_midnight(string name, int hours)
    {
        var timeframe = Timeframe.Parse(name);
        var time = Day(2024, 2, 29) + 23 * TimeSpan.TicksPerHour;
        timeframe.Floor(time).ShouldBe(Day(2024, 2, 29) + 23 / hours * hours * TimeSpan.TicksPerHour);
        timeframe.CloseOf(timeframe.Floor(time)).ShouldBe(timeframe.Floor(time) + hours * TimeSpan.TicksPerHour);
    }

    [Fact]
    public void A_month_opens_on_its_first_day_and_closes_with_its_last()
    {
        for (var day = new DateTime(2023, 1, 1); day < new DateTime(2025, 1, 1); day = day.AddHours(7))
        {
            var (open, next) = (new DateTime(day.Year, day.Month, 1), day.Month == 12 ? new DateTime(day.Year + 1, 1, 1)
                : new DateTime(day.Year, day.Month + 1, 1));
            Timeframe.Mo1.Floor(day.Ticks).ShouldBe(open.Ticks);
            Timeframe.Mo1.CloseOf(open.Ticks).ShouldBe(next.Ticks);
            Timeframe.Mo1.OpenOf(next.Ticks).ShouldBe(open.Ticks);
        }
    }

    [Theory]
    [InlineData("1mo", "1d", true)]
    [InlineData("1mo", "8h", true)]
    [InlineData("1mo", "1m", true)]
    [InlineData("1mo", "1w", false)]
    [InlineData("1mo", "1mo", true)]
    [InlineData("1w", "1mo", false)]
    [InlineData("1d", "8h", true)]
    [InlineData("8h", "6h", false)]
    [InlineData("12h", "6h", true)]
    [InlineData("15m", "10m", false)]
    [InlineData("10m", "5m", true)]
    [InlineData("5m", "10m", false)]
    public void Longer_bars_are_made_of_whole_shorter_ones(string longer, string shorter, bool expected) =>
        Timeframe.Parse(longer).IsMultipleOf(Timeframe.Parse(shorter)).ShouldBe(expected);

    [Fact]
    public void Bars_of_a_month_are_known_when_it_ends_and_not_before()
    {
        var days = Enumerable.Range(0, 121).Select(i => new Bar(Day(2024, 1, 1) + i * TimeSpan.TicksPerDay, 1, 2, 1, 2, 1)).ToArray();
        var months = Enumerable.Range(1, 4).Select(m => new Bar(Day(2024, m, 1), 1, 2, 1, 2, 1)).ToArray();
        var merge = new BarMerge([new MarketSeries(new Instrument { Symbol = "A" }, Timeframe.Mo1),
            new MarketSeries(new Instrument { Symbol = "B" }, Timeframe.D1)]);
        merge.Add(0, BarBlock.FromBars(0, months));
        merge.Add(1, BarBlock.FromBars(0, days));
        merge.End(0);
        merge.End(1);
        var taken = new MergedBar[200];
        var bars = taken[..merge.Take(taken)];
        bars.Length.ShouldBe(days.Length + months.Length);
        bars.Select(b => b.Close).ShouldBeInOrder();
        bars.Where(b => b.Series == 0).Select(b => b.Close)
            .ShouldBe([Day(2024, 2, 1), Day(2024, 3, 1), Day(2024, 4, 1), Day(2024, 5, 1)]);
    }

    [Fact]
    public void A_month_of_sessions_ends_with_its_last_session()
    {
        var aggregator = new BarAggregator(Timeframe.H1, Timeframe.Mo1, SessionCalendar.NewYork());
        // Friday, 30 August 2024: the month's last session. Its last hour begins at 15:30 in New York.
        aggregator.Add(new Bar(new DateTime(2024, 8, 30, 18, 30, 0).Ticks, 1, 2, 1, 2, 1), out var before, out var completed);
        (before, completed).ShouldBe((null, null));
        aggregator.Add(new Bar(new DateTime(2024, 8, 30, 19, 30, 0).Ticks, 2, 3, 2, 3, 1), out before, out completed);
        before.ShouldBeNull();
        completed.ShouldBe(new Bar(Day(2024, 8, 1), 1, 3, 1, 3, 2));
    }
}
