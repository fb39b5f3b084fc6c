using System.Text.Json;
using Granary.Engine;
using Granary.Server.Schedules;
using Granary.Simulation.Json;

namespace Granary.Server.Tests.Schedules;

/// <summary>Cron expressions as crontab has them, in UTC or a time zone.</summary>
public sealed class CronTimesTests
{
    private static CronTimes Parse(string text, string? timeZone = null) =>
        CronTimes.Parse(PartOf(text), timeZone is null ? null : PartOf(timeZone));

    private static JsonPart PartOf(string text) => JsonPart.Parse("schedule.json", JsonSerializer.SerializeToUtf8Bytes(text));

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

    // In New York the clock goes from 02:00 to 03:00 at 07:00 UTC on 2026-03-08, and from 02:00 to 01:00 at 06:00 UTC on 2026-11-01.
    // On Lord Howe Island it goes from 02:00 to 02:30 at 15:30 UTC on 2026-10-03. cron(8) of Debian: "those jobs that would have run in the
    // interval that has been skipped will be run immediately", those in a repeated time "will not be re-run", and this holds only for
    // jobs "not specified ... with '*' in the hour or minute specifier".
    [Theory]
    [InlineData("30 2 * * *", "America/New_York", "2026-03-08T00:00", "2026-03-08T07:00 2026-03-09T06:30")]
    [InlineData("15,45 2 * * *", "America/New_York", "2026-03-08T00:00", "2026-03-08T07:00 2026-03-09T06:15")]
    [InlineData("30 1 * * *", "America/New_York", "2026-11-01T00:00", "2026-11-01T05:30 2026-11-02T06:30")]
    [InlineData("30 1 * * *", "America/New_York", "2026-11-01T05:45", "2026-11-02T06:30 2026-11-03T06:30")]
    [InlineData("*/30 * * * *", "America/New_York", "2026-03-08T06:29", "2026-03-08T06:30 2026-03-08T07:00 2026-03-08T07:30")]
    [InlineData("*/30 * * * *", "America/New_York", "2026-11-01T05:00",
        "2026-11-01T05:30 2026-11-01T06:00 2026-11-01T06:30 2026-11-01T07:00")]
    [InlineData("0 */2 * * *", "America/New_York", "2026-03-08T05:00", "2026-03-08T08:00 2026-03-08T10:00")]
    [InlineData("*/20 2 * * *", "America/New_York", "2026-03-08T00:00", "2026-03-09T06:00 2026-03-09T06:20")]
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00", "2026-10-03T15:30 2026-10-04T15:15")]
    [InlineData("0 2 * * SUN", "Asia/Tokyo", "2026-11-20T00:00", "2026-11-21T17:00 2026-11-28T17:00")]
    public void Times_of_a_zone_follow_its_clock_as_those_of_cron_do(string cron, string zone, string after, string times)
    {
        var expected = times.Split(' ').Select(At).ToList();
        Parse(cron, zone).After(At(after), expected.Count).ShouldBe(expected);
    }

    [Fact]
    public void A_rare_time_is_found_over_many_changes_of_the_clock() =>
        Parse("*/30 3 29 2 *", "Europe/Berlin").After(At("2026-03-01T00:00"), 2).ShouldBe([At("2028-02-29T02:00"), At("2028-02-29T02:30")]);

    [Fact]
    public void An_unknown_zone_is_one_sentence() => Should.Throw<InputException>(() => Parse("0 2 * * *", "New York")).Message
        .ShouldBe("schedule.json, line 1: 'New York' is not a time zone that this machine knows; use an IANA name such as "
            + "America/New_York");

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
