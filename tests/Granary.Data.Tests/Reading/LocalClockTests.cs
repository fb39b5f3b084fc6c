using Granary.Data.Text;

namespace Granary.Data.Tests.Reading;

public sealed class LocalClockTests
{
    [Theory]
    [InlineData("America/New_York")]
    [InlineData("Europe/Berlin")]
    [InlineData("Asia/Kolkata")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Africa/Casablanca")]
    public void Every_quarter_hour_of_ten_years_agrees_with_the_platform(string id)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        var clock = new LocalClock(zone);
        var local = new DateTime(2012, 1, 1);
        for (var i = 0; i < 10 * 366 * 24 * 4; i++, local = local.AddMinutes(15))
        {
            var ok = clock.TryToUtc(local.Ticks, long.MinValue, out var utc);
            ok.ShouldBe(!zone.IsInvalidTime(local));
            if (!ok) continue;
            if (zone.IsAmbiguousTime(local)) zone.GetAmbiguousTimeOffsets(local).ShouldContain(new TimeSpan(local.Ticks - utc));
            else utc.ShouldBe(TimeZoneInfo.ConvertTimeToUtc(local, zone).Ticks);
        }
    }
}
