using System.Globalization;
using System.Text;
using Granary.Data.Text;

namespace Granary.Data.Tests;

/// <summary>Times that end in Z, which a short path reads, beside the runtime's parser.</summary>
public sealed class ZuluTimesTests
{
    [Theory]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss'Z'")]
    [InlineData("yyyy-MM-dd HH:mm:ss'Z'")]
    [InlineData("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'")]
    [InlineData("yyyy-MM-dd'T'HH:mm'Z'")]
    public void A_time_is_that_of_the_runtime(string format)
    {
        var (reader, random) = (new TimestampReader(DateStyle.YearFirst), new Random(7));
        for (var i = 0; i < 20_000; i++)
        {
            var text = new DateTime(random.NextInt64(new DateTime(1970, 1, 1).Ticks, new DateTime(2199, 12, 31).Ticks), DateTimeKind.Utc)
                .ToString(format, CultureInfo.InvariantCulture);
            reader.TryRead(Encoding.ASCII.GetBytes(text), out var time).ShouldBeTrue(text);
            (time.LocalTicks, time.Zone, time.OffsetMinutes).ShouldBe((DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).UtcTicks,
                ZoneStyle.Zulu, 0), text);
        }
    }

    [Theory]
    [InlineData("2024-01-01T24:00:00Z")]
    [InlineData("2024-01-01T09:60:00Z")]
    [InlineData("2024-01-01T09:3a:00Z")]
    [InlineData("2024-01-01T090000000Z0")]
    [InlineData("2024-01-01X09:30:00Z")]
    public void A_damaged_time_is_refused(string text) =>
        new TimestampReader(DateStyle.YearFirst).TryRead(Encoding.ASCII.GetBytes(text), out _).ShouldBeFalse();
}
