using System.Globalization;
using System.Text;
using Granary.Data.BarFiles;
using Granary.Data.Formats;
using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Data.Tests;
using Granary.Data.Tests.Fuzz;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;
using Granary.Exchanges.Binance;
using Granary.Testing;

namespace Granary.Exchanges.Tests.Binance;

/// <summary>Binance's kline archives, in a process whose catalogue has the formats of this project.</summary>
public sealed class BinanceFormatTests : IDisposable
{
    private const int Rounds = 400;

    private static readonly BarFileOptions Options = new()
    {
        Adjust = false,
        Formats = new BarFormatCatalogue(new CatalogueBuilder<BarFormat>("file format")
            .AddFrom<BarFormat, BarFormatAttribute>(typeof(BarFormatCatalogue).Assembly)
            .AddFrom<BarFormat, BarFormatAttribute>(typeof(BinanceFormat).Assembly)),
    };

    private readonly TempFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1580376600000,10.5,11,10.25,10.75,1000,1580376659999,1,1,1,1,0\n"
        + "1580463000000,10.75,12,10.5,11.5,2000,1580463059999,1,1,1,1,0\n")]
    [InlineData("1580376600000000,10.5,11,10.25,10.75,1000,1580376659999999,1,1,1,1,0\n"
        + "1580463000000000,10.75,12,10.5,11.5,2000,1580463059999999,1,1,1,1,0\n")]
    [InlineData("open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n"
        + "1580376600000,10.5,11,10.25,10.75,1000,1580376659999,1,1,1,1,0\n"
        + "1580463000000,10.75,12,10.5,11.5,2000,1580463059999,1,1,1,1,0\n")]
    public void An_archive_is_recognised_without_options(string text)
    {
        Bar[] bars = [new(Read.Utc("2020-01-30 09:30"), 10.5, 11, 10.25, 10.75, 1000),
            new(Read.Utc("2020-01-31 09:30"), 10.75, 12, 10.5, 11.5, 2000)];
        Read.Open(_folder.Write("x.csv", text), "1m", Options).Format.ShouldBe("binance");
        Read.Bars(_folder.Write("x.csv", text), "1m", Options).ShouldBe(bars);
        // And the same in packed form, whatever the name says.
        Read.Bars(_folder.WriteGzip("y.csv", text), "1m", Options).ShouldBe(bars);
        Read.Bars(_folder.WriteZip("z.zip", ("z.csv", text)), "1m", Options).ShouldBe(bars);
    }

    [SharedTheory]
    [InlineData("data/nautilus/ADABTC-1m-2021-11-27.csv")]
    [InlineData("data/nautilus/ADABTC-1m-2021-11-28.csv")]
    public void A_real_archive_reads_as_its_text_says(string file)
    {
        var path = SharedData.Require(file);
        var series = Read.Open(path, "1m", Options);
        (series.Format, series.Instrument.PriceDecimals).ShouldBe(("binance", 8));
        var bars = Read.All(series);
        bars.ShouldBe(Slowly(File.ReadAllText(path)));
        foreach (var size in new[] { 1, 7, 4096 }) Read.All(series, size).ShouldBe(bars);
    }

    [Fact]
    public void A_damaged_archive_is_refused_or_read_as_what_it_says()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 25; i++)
        {
            var ms = new DateTimeOffset(2020, 1, 20, 9, 30, 0, TimeSpan.Zero).AddMinutes(i).ToUnixTimeMilliseconds();
            text.Append(CultureInfo.InvariantCulture, $"{ms},{100 + i * 0.25},{102.5 + i},{99.125},{101 + i * 0.5:F4},{i}.50000000,")
                .Append(CultureInfo.InvariantCulture, $"{ms + 59999},1.5,79,1.5,0.5,0\n");
        }
        var (random, read) = (new Random(4), 0);
        for (var round = 0; round < Rounds; round++)
        {
            var damaged = Mutation.Of(Encoding.UTF8.GetBytes(text.ToString()), random);
            List<Bar> bars;
            try
            {
                bars = Read.Bars(_folder.Write("x.csv", damaged), "1m", Options with { Format = "binance" });
            }
            catch (BarDataException e)
            {
                e.Message.ShouldContain("; ");
                e.Message.ShouldNotContain("\n");
                continue;
            }
            // ParserFuzzTests has fields in quotes.
            if (damaged.Contains((byte)'"')) continue;
            read++;
            var expected = Slowly(Encoding.UTF8.GetString(damaged));
            if (expected.Count > 1 && expected[0].Time > expected[1].Time) expected.Reverse();
            bars.ShouldBe(expected, $"round {round}: {Encoding.UTF8.GetString(damaged)}");
        }
        read.ShouldBeGreaterThan(Rounds / 20);
    }

    [Fact]
    public async Task A_damaged_archive_is_repaired()
    {
        List<Bar> good = [.. Enumerable.Range(0, 60).Select(i => new Bar(Read.Utc("2023-01-01") + i * TimeSpan.TicksPerMinute,
            100 + i % 7, 110, 95, 101 + i % 6, 5 + i))];
        List<Bar> bad = [.. good];
        // Two minutes change places, one is there twice, one has a price of zero.
        (bad[10], bad[11]) = (bad[11], bad[10]);
        bad.Insert(30, bad[29]);
        bad[40] = bad[40] with { Low = 0 };
        good.RemoveAt(39);
        var path = _folder.Write("bad.csv", string.Concat(bad.Select(b =>
        {
            var ms = (b.Time - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
            return FormattableString.Invariant($"{ms},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume},{ms + 59999},1,1,1,1,0\n");
        })));
        var output = Path.Combine(_folder.Path, "good.csv");
        var result = await DataFix.RunAsync(path, new BarQuery("bad", Timeframe.M1), Options, output);
        (result.Bars, result.Moved, result.Repeated, result.LeftOut).ShouldBe((59, 1, 1, 1));
        Read.Bars(output, "1m").ShouldBe(good);
    }

    // string.Split and double.Parse: nothing shared with what is tested.
    private static List<Bar> Slowly(string text)
    {
        var bars = new List<Bar>();
        foreach (var line in text.TrimStart('\uFEFF').Split('\n'))
        {
            if (line.TrimEnd('\r').Trim(' ').Length == 0) continue;
            // Remarks may stand above the first row.
            if (bars.Count == 0 && line.StartsWith('#') && !line.Contains(',')) continue;
            var f = line.TrimEnd('\r').Split(',', StringSplitOptions.TrimEntries);
            bars.Add(new Bar(DateTime.UnixEpoch.Ticks + Ticks(f[0]), Number(f[1]), Number(f[2]), Number(f[3]), Number(f[4]),
                f[5].Length == 0 ? 0 : Number(f[5])));
        }
        return bars;
    }

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    // Since 1970, in seconds, milliseconds, microseconds or nanoseconds.
    private static long Ticks(string text)
    {
        var n = long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        return text.TrimStart('0').Length switch { <= 10 => n * 10_000_000, <= 13 => n * 10_000, <= 16 => n * 10, _ => n / 100 };
    }
}
