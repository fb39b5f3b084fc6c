using System.Globalization;
using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Data.Resampling;
using Granary.Engine.Market;
using Granary.Testing;

namespace Granary.Data.Tests.Resampling;

/// <summary>
/// backtrader's resampledata on the same files: its labels are the right edge of minutes and the last bar's date of longer bars.
/// </summary>
public sealed class ResamplingTests
{
    [SharedTheory]
    [InlineData("2006-min-005", "5m", "15m", "15min")]
    [InlineData("2006-min-005", "5m", "30m", "30min")]
    [InlineData("2006-min-005", "5m", "1h", "60min")]
    [InlineData("2006-min-005", "5m", "1d", "1day")]
    [InlineData("orcl-1995-2014", "1d", "1w", "1week")]
    [InlineData("orcl-1995-2014", "1d", "1mo", "1month")]
    public void Longer_bars_are_those_of_backtrader(string file, string from, string to, string oracle)
    {
        var bars = Read.Bars(SharedData.Require($"data/backtrader/{file}.txt"), from,
            new BarFileOptions { Adjust = false, Stamp = BarStamp.Close });
        var source = Timeframe.Parse(from);
        var ours = BarResampler.Resample(bars, source, Timeframe.Parse(to), includeUnfinished: true).ToList();
        var theirs = File.ReadAllLines(SharedData.Require($"oracles/resample/{file}.{oracle}.csv")).Skip(1).Select(l => l.Split(','))
            .ToList();
        ours.Count.ShouldBe(theirs.Count);
        for (var i = 0; i < ours.Count; i++)
        {
            var label = Read.Utc(theirs[i][0]);
            var open = to switch
            {
                "1mo" or "1w" or "1d" => Timeframe.Parse(to).Floor(label),
                _ => label - Timeframe.Parse(to).Ticks,
            };
            // backtrader closes an hour that the day's end cuts short at 23:59:59 of the day; its prices are those of our hour.
            if (theirs[i][0].EndsWith("23:59:59", StringComparison.Ordinal)) ours[i].OpenTime.Date.ShouldBe(new DateTime(label).Date);
            else ours[i].Time.ShouldBe(open, $"row {i}");
            var values = theirs[i].Skip(1).Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray();
            new[] { ours[i].Open, ours[i].High, ours[i].Low, ours[i].Close, ours[i].Volume }.ShouldBe(values, $"row {i}");
        }
    }

    /// <summary>The same without another program: each longer bar is the group of the short bars that fall into it.</summary>
    [Theory]
    [InlineData("bars/delta-min-005.txt", "5m", "10m")]
    [InlineData("bars/delta-min-005.txt", "5m", "15m")]
    [InlineData("bars/delta-min-005.txt", "5m", "1h")]
    [InlineData("bars/delta-min-005.txt", "5m", "2h")]
    [InlineData("bars/delta-min-005.txt", "5m", "6h")]
    [InlineData("bars/delta-min-005.txt", "5m", "8h")]
    [InlineData("bars/delta-min-005.txt", "5m", "12h")]
    [InlineData("bars/delta-min-005.txt", "5m", "1d")]
    [InlineData("bars/delta-min-005.txt", "5m", "1mo")]
    [InlineData("bars/alpha-daily.txt", "1d", "1w")]
    [InlineData("bars/alpha-daily.txt", "1d", "1mo")]
    public void A_longer_bar_is_its_short_bars_taken_together(string file, string from, string to)
    {
        var bars = Read.Bars(SharedData.Synthetic(file), from, new BarFileOptions { Adjust = false });
        var ours = BarResampler.Resample(bars, Timeframe.Parse(from), Timeframe.Parse(to), includeUnfinished: true);
        long Start(Bar bar)
        {
            var day = bar.OpenTime.Date;
            return to switch
            {
                "1mo" => new DateTime(day.Year, day.Month, 1).Ticks,
                "1w" => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)).Ticks,
                "1d" => day.Ticks,
                ['1' or '2' or '6' or '8', .., 'h'] => day.AddHours(bar.OpenTime.Hour / int.Parse(to[..^1]) * int.Parse(to[..^1])).Ticks,
                _ => day.AddMinutes(bar.OpenTime.Hour * 60 + bar.OpenTime.Minute / int.Parse(to[..^1]) * int.Parse(to[..^1])).Ticks,
            };
        }
        var expected = bars.GroupBy(Start)
            .Select(g => new Bar(g.Key, g.First().Open, g.Max(b => b.High), g.Min(b => b.Low), g.Last().Close, g.Sum(b => b.Volume)));
        ours.ShouldBe(expected);
    }

    [Fact]
    public async Task A_resampled_source_gives_whole_bars_inside_the_range_only()
    {
        using var folder = new TempFolder();
        var rows = Enumerable.Range(0, 26).Select(h => $"{new DateTime(2020, 1, 1).AddHours(h):yyyy-MM-dd HH:mm},1,{h + 2},1,1,1");
        folder.Write("A.csv", "time,open,high,low,close,volume\n" + string.Join('\n', rows));
        var source = new ResampledBarSource(new CsvBarSource(folder.Path), Timeframe.H1);
        await using var day = await source.OpenAsync(new BarQuery("A", Timeframe.D1));
        Read.All(day).ShouldBe([new Bar(Read.Utc("2020-01-01"), 1, 25, 1, 1, 24)]);
        await using var late = await source.OpenAsync(new BarQuery("A", Timeframe.H4, Read.Utc("2020-01-01 09:00")));
        Read.All(late).Select(b => b.OpenTime.Hour).ShouldBe([12, 16, 20]);
        (await Should.ThrowAsync<BarDataException>(async () => await source.OpenAsync(new BarQuery("A",
            Timeframe.M30)))).Message.ShouldContain("30m bars cannot be built from 1h bars");
    }
}
