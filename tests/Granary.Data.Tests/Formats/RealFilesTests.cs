using System.Globalization;
using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Testing;

namespace Granary.Data.Tests.Formats;

/// <summary>Every real file that is bars is recognised and read as an independent, slow reading of the same text has it.</summary>
public sealed class RealFilesTests
{
    [SharedTheory]
    [InlineData("data/backtrader/orcl-1995-2014.txt", "1d", "yahoo", 6)]
    [InlineData("data/backtrader/yhoo-1996-2014.txt", "1d", "yahoo", 6)]
    [InlineData("data/backtrader/nvda-1999-2014.txt", "1d", "yahoo", 6)]
    [InlineData("data/backtrader/2006-day-001.txt", "1d", "backtrader", 2)]
    [InlineData("data/backtrader/2006-day-001-optix.txt", "1d", "backtrader", 2)]
    [InlineData("data/backtrader/2006-day-002.txt", "1d", "backtrader", 2)]
    [InlineData("data/backtrader/2006-week-001.txt", "1w", "backtrader", 2)]
    [InlineData("data/backtrader/2006-volume-day-001.txt", "1d", "backtrader", 0)]
    [InlineData("data/backtrader/2006-min-005.txt", "5m", "backtrader", 2)]
    [InlineData("data/backtrader/2006-01-02-volume-min-001.txt", "1m", "backtrader", 0)]
    [InlineData("data/nautilus/btc-perp-20211231-20220201_1m.csv", "1m", "generic", 3)]
    [InlineData("data/nautilus/gbpusd-m1-bid-2012.csv", "1m", "generic", 5)]
    [InlineData("data/nautilus/usdjpy-m1-ask-2013.csv", "1m", "generic", 3)]
    [InlineData("data/stockindicators/default.csv", "1d", "yahoo", 2)]
    [InlineData("data/stockindicators/longest.csv", "1d", "generic", 2)]
    [InlineData("data/stockindicators/intraday.csv", "1m", "yahoo", 4)]
    [InlineData("data/stockindicators/bitcoin.csv", "1d", "yahoo", 2)]
    [InlineData("data/stockindicators/msft.csv", "1d", "yahoo", 3)]
    [InlineData("data/stockindicators/spx.csv", "1d", "yahoo", 2)]
    [InlineData("data/stockindicators/penny.csv", "1d", "yahoo", 4)]
    [InlineData("data/stockindicators/max.csv", "1d", "yahoo", 8)]
    [InlineData("data/stockindicators/compare.csv", "1d", "yahoo", 2)]
    public void A_real_file_reads_as_its_text_says(string file, string timeframe, string format, int decimals) =>
        ReadsAsWritten(SharedData.Require(file), timeframe, format, decimals);

    [Theory]
    [InlineData("bars/alpha-daily.txt", "1d", "yahoo", 2)]
    [InlineData("bars/beta-daily.txt", "1d", "yahoo", 4)]
    [InlineData("bars/2010-day-gamma.txt", "1d", "backtrader", 2)]
    [InlineData("bars/delta-min-005.txt", "5m", "backtrader", 1)]
    public void A_synthetic_file_reads_as_its_text_says(string file, string timeframe, string format, int decimals) =>
        ReadsAsWritten(SharedData.Synthetic(file), timeframe, format, decimals);

    private static void ReadsAsWritten(string path, string timeframe, string format, int decimals)
    {
        var series = Read.Open(path, timeframe, new BarFileOptions { Adjust = false });
        series.Format.ShouldBe(format);
        var bars = Read.All(series);
        series.Instrument.PriceDecimals.ShouldBe(decimals);

        var expected = Slowly(path);
        bars.Count.ShouldBe(expected.Count);
        // The weeks of backtrader are dated by their Friday, and each gets its Monday.
        for (var i = 0; i < bars.Count; i++)
            bars[i].ShouldBe(expected[i] with { Time = timeframe == "1w" ? Timeframe.W1.Floor(expected[i].Time) : expected[i].Time },
                $"row {i}");
        foreach (var size in new[] { 1, 7, 4096 }) Read.All(series, size).ShouldBe(bars);
        BarFile.Inspect(path).Timeframe?.ToString().ShouldBe(timeframe);
    }

    // string.Split, DateTime.Parse and double.Parse: nothing shared with what is tested.
    private static List<Bar> Slowly(string path)
    {
        var lines = File.ReadAllLines(path).Where(l => l.Length > 0).ToList();
        var header = char.IsLetter(lines[0][0]) ? lines[0].ToLowerInvariant().Split(',') : null;
        var bars = new List<Bar>();
        var inv = CultureInfo.InvariantCulture;
        foreach (var line in lines.Skip(header is null ? 0 : 1))
        {
            var f = line.Split(',').ToList();
            var written = f[0];
            if (f[1].Contains(':'))
            {
                written += " " + f[1];
                f.RemoveAt(1);
            }
            double N(int i) => double.Parse(f[i], NumberStyles.Float, inv);
            var volume = header is not null && header.Contains("adj close") ? 6 : 5;
            bars.Add(new Bar(Read.Utc(written), N(1), N(2), N(3), N(4), f.Count > volume ? N(volume) : 0));
        }
        if (bars[0].Time > bars[1].Time) bars.Reverse();
        return bars;
    }

    [Fact]
    public void Adjusting_scales_open_high_and_low_as_the_adjusted_close_scales_the_close()
    {
        var path = SharedData.DailyWithAdjustedClose;
        var raw = Read.Bars(path, options: new BarFileOptions { Adjust = false });
        var series = Read.Open(path);
        series.Instrument.PriceDecimals.ShouldBe(-1);
        series.Instrument.DailyEquity.ShouldBeTrue();
        var adjusted = Read.All(series);
        var written = File.ReadAllLines(path).Skip(1).Select(l => double.Parse(l.Split(',')[5], CultureInfo.InvariantCulture)).ToList();
        adjusted.Select(b => b.Close).ShouldBe(written);
        for (var i = 0; i < raw.Count; i++)
        {
            var ratio = adjusted[i].Close / raw[i].Close;
            adjusted[i].Open.ShouldBe(raw[i].Open * ratio, raw[i].Open * 1e-12);
            adjusted[i].High.ShouldBe(raw[i].High * ratio, raw[i].High * 1e-12);
            adjusted[i].Low.ShouldBe(raw[i].Low * ratio, raw[i].Low * 1e-12);
            adjusted[i].Volume.ShouldBe(raw[i].Volume);
            (adjusted[i].Low <= adjusted[i].Close && adjusted[i].Close <= adjusted[i].High).ShouldBeTrue();
        }
    }

    [SharedFact]
    public void The_defective_files_are_refused_with_line_field_and_remedy()
    {
        Read.Fault(SharedData.Require("data/stockindicators/bad.csv")).ShouldContain("bad.csv, line 202, date: the field is empty; ");
        Read.Fault(SharedData.Require("data/stockindicators/zeros.csv"))
            .ShouldContain("zeros.csv, line 2, open: the price is zero, and 199 more rows have such a fault; ");
        Read.Fault(SharedData.Require("data/stockindicators/mismatch.csv")).ShouldContain("mismatch.csv, line ");
        Read.Fault(SharedData.Require("data/backtrader/bidask.csv")).ShouldContain("the header has no column for open, high, low, close");
        Read.Fault(SharedData.Require("data/backtrader/2006-min-005.txt"), "1d").ShouldContain("line 3");
    }

    [Fact]
    public void Files_with_a_hole_a_zero_a_contradiction_or_no_prices_are_refused_with_line_field_and_remedy()
    {
        using var folder = new TempFolder();
        const string header = "date,open,high,low,close,volume\n", good = "2020-01-01,1,2,0.5,1.5,10\n";
        Read.Fault(folder.Write("bad.csv", header + good + ",1,2,0.5,1.5,10\n"))
            .ShouldContain("bad.csv, line 3, date: the field is empty; ");
        Read.Fault(folder.Write("zeros.csv", header + "2020-01-01,0,2,0,1.5,10\n"))
            .ShouldContain("zeros.csv, line 2, open: the price is zero; ");
        Read.Fault(folder.Write("mismatch.csv", header + good + "2020-01-02,1,0.7,0.5,1.5,10\n")).ShouldContain("mismatch.csv, line 3");
        Read.Fault(folder.Write("quotes.csv", "date,bid,ask\n2020-01-01,1,2\n"))
            .ShouldContain("the header has no column for open, high, low, close");
        Read.Fault(SharedData.Synthetic("bars/delta-min-005.txt"), "1d").ShouldContain("line 3");
    }

    [Fact]
    public void Freqtrade_json_and_a_gzipped_text_of_generated_bars_read_as_they_were_made()
    {
        using var folder = new TempFolder();
        var bars = MarketGenerator.Generate(SyntheticMarket.Crypto("M", Read.Utc("2023-01-01"), Read.Utc("2023-01-08")), Timeframe.M1)
            .ToList();
        string Row(Bar b, string time) =>
            string.Create(CultureInfo.InvariantCulture, $"{time},{b.Open:R},{b.High:R},{b.Low:R},{b.Close:R},{b.Volume:R}");
        var json = string.Join(",", bars.Select(b =>
            $"[{Row(b, ((b.Time - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond).ToString(CultureInfo.InvariantCulture))}]"));
        Read.Bars(folder.Write("M-1m.json", $"[{json}]"), "1m").ShouldBe(bars);
        var text = "time,open,high,low,close,volume\n"
            + string.Join('\n', bars.Select(b => Row(b, b.OpenTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture))));
        Read.Bars(folder.WriteGzip("M.csv.gz", text), "1m").ShouldBe(bars);
    }

    [SharedFact]
    public void Freqtrade_json_reads_as_the_json_reader_has_it()
    {
        var path = SharedData.Require("data/freqtrade/UNITTEST_BTC-1m.json");
        var bars = Read.Bars(path, "1m");
        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(path));
        bars.Count.ShouldBe(json.RootElement.GetArrayLength());
        var i = 0;
        foreach (var k in json.RootElement.EnumerateArray())
        {
            var bar = bars[i++];
            bar.Time.ShouldBe(DateTime.UnixEpoch.AddMilliseconds(k[0].GetInt64()).Ticks);
            (bar.Open, bar.High, bar.Low, bar.Close, bar.Volume).ShouldBe((k[1].GetDouble(), k[2].GetDouble(), k[3].GetDouble(),
                k[4].GetDouble(), k[5].GetDouble()));
        }
    }

    [SharedFact]
    public void A_gzipped_future_reads_with_its_volume()
    {
        var bars = Read.Bars(SharedData.Require("data/nautilus/6EH4.XCME_1min_bars_20240101_20240131.csv.gz"), "1m");
        bars[0].ShouldBe(new Bar(Read.Utc("2024-01-01 23:01:00"), 1.1076, 1.10785, 1.1076, 1.1078, 205));
    }
}
