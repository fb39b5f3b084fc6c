using System.Text.Json;
using Granary.Engine;
using Granary.Server.Schedules;
using Granary.Simulation.Json;

namespace Granary.Server.Tests.Schedules;

/// <summary>Cron expressions as crontab has them, in UTC.</summary>
public sealed class CronTimesTests
{
    private static CronTimes Parse(string text) =>
        CronTimes.Parse(JsonPart.Parse("schedule.json", JsonSerializer.SerializeToUtf8Bytes(text)));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text + "Z", System.Globalization.CultureInfo.InvariantCulture);

    // Worked out by hand; 2026-11-22 is a Sunday.
    [Theory]
    [InlineData("0 2 * * SUN", "2026-11-22T01:59:59", "2026-11-22T02:00:00")]
    [InlineData("0 2 * * 0", "2026-11-22T02:00:00", "2026-11-29T02:00:00")]
    [InlineData("0 2 * * 7", "2026-11-22T02:00:00", "2026-11-29T02:00:00")]
    [InlineData("30 4 * * 1-5", "2026-11-22T12:00:00", "2026-11-23T04:30:00")]
    [InlineData("30 4 * * mon,wed", "2026-11-23T04:30:00", "2026-11-25T04:30:00")]
    [InlineData("*/15 * * * *", "2026-11-22T12:01:00", "2026-11-22T12:15:00")]
    [InlineData("0 0 1 * *", "2026-11-22T12:00:00", "2026-12-01T00:00:00")]
    // As crontab: one of both days is enough.
    [InlineData("0 2 1 * MON", "2026-11-22T12:00:00", "2026-11-23T02:00:00")]
    [InlineData("0 2 1 * MON", "2026-11-30T12:00:00", "2026-12-01T02:00:00")]
    [InlineData("0 3 29 2 *", "2026-11-22T12:00:00", "2028-02-29T03:00:00")]
    public void The_next_time_is_the_first_behind_another_one(string cron, string after, string next) =>
        Parse(cron).After(At(after)).ShouldBe(At(next));

    [Fact]
    public void Several_times_follow_one_another() => Parse("0 2 * * SUN").After(At("2026-11-22T02:00:00"), 3).ShouldBe(
        [At("2026-11-29T02:00:00"), At("2026-12-06T02:00:00"), At("2026-12-13T02:00:00")]);

    [Theory]
    [InlineData("0 2 * *", "'0 2 * *' has 4 fields; give five")]
    [InlineData("0 2 30 2 *", "names a day that no month has")]
    [InlineData("0 98 * * *", "'0 98 * * *' has the number 98, which is too large for every field; minutes go to 59")]
    [InlineData("0 99 * * *", "has the number 99, which is too large")]
    [InlineData("99 2 * * *", "has the number 99, which is too large")]
    [InlineData("0 2 98 * *", "has the number 98, which is too large")]
    [InlineData("0 1-99 * * *", "has the number 99, which is too large")]
    [InlineData("61 2 * * *", "has the number 61, which is too large")]
    [InlineData("0 24 * * *", "'0 24 * * *' is not a cron expression (")]
    [InlineData("0 2 * * SUNDAY-ISH", "is not a cron expression (")]
    public void What_is_no_expression_is_one_sentence(string cron, string sentence) =>
        Should.Throw<InputException>(() => Parse(cron)).Message.ShouldContain(sentence);
}
