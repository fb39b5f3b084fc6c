using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Reading;

public sealed class LocalClockTests
{
    [Theory]
    [InlineData("America/New_York")]
    [InlineData("Europe/Berlin")]
    [InlineData("Asia/Kolkata")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Africa/Casablanca")]
    [InlineData("Europe/Dublin")]
    public void Every_quarter_hour_of_ten_years_is_a_time_of_the_zone(string id)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(id);
        var clock = new LocalClock(zone);
        var local = new DateTime(2012, 1, 1);
        for (var i = 0; i < 10 * 366 * 24 * 4; i++, local = local.AddMinutes(15))
        {
            var ok = clock.TryToUtc(local.Ticks, long.MinValue, out var utc);
            var expected = WallClock.Of(zone, local.Ticks);
            ok.ShouldBe(expected.Count > 0);
            if (ok) utc.ShouldBe(expected.First);
        }
    }
}
