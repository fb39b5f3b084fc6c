using Granary.Engine.Market;
using Granary.Learning.Registry;

namespace Granary.Learning.Tests.Registry;

public class RetrainingScheduleTests
{
    private static long Day(int year, int month, int day) => new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks;

    [Theory]
    [InlineData("12h")]
    [InlineData("1w")]
    [InlineData("1mo")]
    [InlineData("1y")]
    public void The_next_time_is_the_first_that_is_later(string every)
    {
        CalendarSpan.TryParse(every, out var span).ShouldBeTrue();
        var schedule = new RetrainingSchedule(Day(2020, 1, 31), span);
        schedule.NextAfter(Day(2019, 6, 1)).ShouldBe(schedule.From);
        for (var number = 0; number < 200; number++)
        {
            var time = schedule.TimeOf(number);
            schedule.NextAfter(time).ShouldBe(schedule.TimeOf(number + 1));
            schedule.NextAfter(time + 1).ShouldBe(schedule.TimeOf(number + 1));
            schedule.NextAfter(schedule.TimeOf(number + 1) - 1).ShouldBe(schedule.TimeOf(number + 1));
        }
    }

    [Fact]
    public void The_window_ends_at_the_time_of_the_training()
    {
        var schedule = new RetrainingSchedule(Day(2020, 1, 31), CalendarSpan.OfMonths(1), CalendarSpan.OfMonths(3));
        schedule.TimeOf(1).ShouldBe(Day(2020, 2, 29));
        schedule.WindowOf(schedule.TimeOf(1)).ShouldBe(Day(2019, 11, 29));
        (schedule with { Window = null }).WindowOf(schedule.From).ShouldBeNull();
    }
}
