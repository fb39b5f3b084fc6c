using System.Text;
using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Tests.Formats;

/// <summary>Spellings of the same two bars; each must be understood as what it says.</summary>
public sealed class DialectTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly Bar First = new(Read.Utc("2020-01-30 09:30"), 10.5, 11, 10.25, 10.75, 1000),
        Second = new(Read.Utc("2020-01-31 09:30"), 10.75, 12, 10.5, 11.5, 2000);
    private const string A = "10.5,11,10.25,10.75", B = "10.75,12,10.5,11.5";

    [Theory]
    [InlineData("2020-01-30 09:30", "2020-01-31 09:30")]
    [InlineData("2020-01-30 09:30:00", "2020-01-31 09:30:00")]
    [InlineData("2020-01-30T09:30:00Z", "2020-01-31T09:30:00Z")]
    [InlineData("2020-01-30T09:30:00.000000Z", "2020-01-31T09:30:00.000000Z")]
    [InlineData("2020-01-30 09:30:00+00:00", "2020-01-31 09:30:00+00:00")]
    [InlineData("2020-01-30T04:30:00-0500", "2020-01-31T04:30:00-0500")]
    [InlineData("2020-01-30 15:00:00+05:30", "2020-01-31 15:00:00+05:30")]
    [InlineData("2020-01-30 09:30:00 UTC", "2020-01-31 09:30:00 UTC")]
    [InlineData("30.01.2020 10:30:00.000 GMT+0100", "31.01.2020 10:30:00.000 GMT+0100")]
    [InlineData("2020/01/30 09:30", "2020/01/31 09:30")]
    [InlineData("2020/1/30 9:30", "2020/1/31 9:30")]
    [InlineData("2020.01.30 09:30", "2020.01.31 09:30")]
    [InlineData("20200130 09:30", "20200131 09:30")]
    [InlineData("20200130 093000", "20200131 093000")]
    [InlineData("20200130 093000000", "20200131 093000000")]
    [InlineData("20200130093000", "20200131093000")]
    [InlineData("20200130;093000", "20200131;093000")]
    [InlineData("1/30/2020 9:30", "1/31/2020 9:30")]
    [InlineData("01/30/20 09:30:00 AM", "01/31/20 09:30:00 AM")]
    [InlineData("30/01/2020 09:30", "31/01/2020 09:30")]
    [InlineData("30.01.2020 09:30:00.000", "31.01.2020 09:30:00.000")]
    [InlineData("30-01-2020 09:30", "31-01-2020 09:30")]
    [InlineData("30-Jan-2020 09:30", "31-Jan-2020 09:30")]
    [InlineData("30 January 2020 09:30", "31 January 2020 09:30")]
    [InlineData("\"Jan 30, 2020 09:30\"", "\"Jan 31, 2020 09:30\"")]
    [InlineData("\"2020-01-30 09:30:00\"", "\"2020-01-31 09:30:00\"")]
    [InlineData("1580376600", "1580463000")]
    [InlineData("1580376600.0", "1580463000.0")]
    [InlineData("1580376600000", "1580463000000")]
    [InlineData("1580376600000000", "1580463000000000")]
    [InlineData("1580376600000000000", "1580463000000000000")]
    public void Times_are_read_in_every_common_spelling(string first, string second)
    {
        var path = _folder.Write("x.csv", $"time,open,high,low,close,volume\n{first},{A},1000\n{second},{B},2000\n");
        Read.Bars(path, "1m").ShouldBe([First, Second]);
    }

    [Theory]
    [InlineData("time,open,high,low,close,vol\n2020-01-30 09:30,10.5,11,10.25,10.75,1000\n2020-01-31 09:30,10.75,12,10.5,11.5,2000")]
    [InlineData("time,open,high,low,close,Vol.\n2020-01-30 09:30,10.5,11,10.25,10.75,1000\n2020-01-31 09:30,10.75,12,10.5,11.5,2000")]
    [InlineData("Time,Open,High,Low,Close,V\n2020-01-30 09:30,10.5,11,10.25,10.75,1000\n2020-01-31 09:30,10.75,12,10.5,11.5,2000")]
    [InlineData("time;open;high;low;close;volume\n2020-01-30 09:30;10.5;11;10.25;10.75;1000\n2020-01-31 09:30;10.75;12;10.5;11.5;2000")]
    [InlineData("time\topen\thigh\tlow\tclose\tvolume\n2020-01-30 09:30\t10.5\t11\t10.25\t10.75\t1000\n2020-01-31 "
        + "09:30\t10.75\t12\t10.5\t11.5\t2000\n")]
    [InlineData("\uFEFFtime,open,high,low,close,volume\r\n2020-01-30 09:30,10.5,11,10.25,10.75,1000\r\n2020-01-31 "
        + "09:30,10.75,12,10.5,11.5,2000\r\n")]
    [InlineData("2020-01-30 09:30,10.5,11,10.25,10.75,1000\n2020-01-31 09:30,10.75,12,10.5,11.5,2000\n")]
    [InlineData("2020-01-30,09:30,10.5,11,10.25,10.75,1000\n2020-01-31,09:30,10.75,12,10.5,11.5,2000\n")]
    [InlineData("<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>\nX,1,20200130,093000,10.5,11,10.25,10.75,1000\nX,1,"
        + "20200131,093000,10.75,12,10.5,11.5,2000\n")]
    [InlineData("https://www.example.com\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USDT\n1580376600,2020-01-30 "
        + "09:30:00,X,10.5,11,10.25,10.75,1000,7\n1580463000,2020-01-31 09:30:00,X,10.75,12,10.5,11.5,2000,7\n")]
    [InlineData("# a remark\ntime,open,high,low,close,volume\n2020-01-30 09:30,10.5,11,10.25,10.75,1000\n\n2020-01-31 "
        + "09:30,10.75,12,10.5,11.5,2000\n\n\n")]
    [InlineData("volume,close,low,high,open,other,timestamp\n1000,10.75,10.25,11,10.5,abc,2020-01-30 "
        + "09:30\n2000,11.5,10.5,12,10.75,\"a,b\",2020-01-31 09:30\n")]
    [InlineData(",Open,High,Low,Close,Volume\n2020-01-30 09:30:00,1.05e1, 11.0 ,+10.25,10.750000000000000000000,1000.0\n2020-01-31 "
        + "09:30:00,10.75,12,10.5,1150e-2,2000\n")]
    [InlineData("\"symbol\",\"timestamp\",\"open\",\"high\",\"low\",\"close\",\"volume\"\n\"X\",\"2020-01-30T09:30:00.000000Z\",10.5,11.0,"
        + "10.25,10.75,1000.0\n\"X\",\"2020-01-31T09:30:00.000000Z\",10.75,12.0,10.5,11.5,2000.0\n")]
    [InlineData("Date,Open,High,Low,Close,Volume,OpenInterest\n2020-01-30,09:30:00,10.5,11,10.25,10.75,1000,5\n2020-01-31,09:30:00,10.75,"
        + "12,10.5,11.5,2000,5\n")]
    [InlineData("time,open,high,low,close,volume\n2020-01-31 09:30,10.75,12,10.5,11.5,2000\n2020-01-30 09:30,10.5,11,10.25,10.75,1000\n")]
    [InlineData("[[1580376600000,10.5,11,10.25,10.75,1000],[1580463000000,10.75,12,10.5,11.5,2000]]")]
    [InlineData("[\n  [ 1580376600000, \"10.50\", \"11\", \"10.25\", \"10.75\", \"1000\", 1, \"x\" ],\n  [ 1580463000000, \"10.75\", "
        + "\"12\", \"10.5\", \"11.5\", \"2000\", 1, \"x\" ]\n]\n")]
    public void Layouts_are_recognised_without_options(string text)
    {
        Read.Bars(_folder.Write("x.csv", text), "1m").ShouldBe([First, Second]);
        // And the same in packed form, whatever the name says.
        Read.Bars(_folder.WriteGzip("y.csv", text), "1m").ShouldBe([First, Second]);
        Read.Bars(_folder.WriteZip("z.zip", ("z.csv", text)), "1m").ShouldBe([First, Second]);
    }

    [Fact]
    public void Columns_can_be_mapped_by_name_and_by_number()
    {
        var path = _folder.Write("x.csv",
            "when,first,top,bottom,last,size,last adj\n2020-01-30 09:30,10.5,11,10.25,10.75,1000,1\n2020-01-31 "
                + "09:30,10.75,12,10.5,11.5,2000,1\n");
        Read.Bars(path, "1m", new BarFileOptions
        {
            Columns = new ColumnMapping { Time = "when", Open = "first", High = "top", Low = "4", Close = "LAST", Volume = "size" },
        }).ShouldBe([First, Second]);
        Read.Fault(path, "1m", new BarFileOptions
        {
            Columns = new ColumnMapping { Time = "wen", Open = "first", High = "top", Low = "bottom", Close = "last" },
        }).ShouldContain("there is no column 'wen' for time; did you mean when?");
        Read.Fault(path, "1m", new BarFileOptions
        {
            Columns = new ColumnMapping { Time = "when", Open = "first", High = "first", Low = "bottom", Close = "last" },
        }).ShouldContain("mapped twice");
    }

    [Fact]
    public void Null_rows_of_yahoo_are_skipped_counted_and_reported()
    {
        var series = Read.Open(_folder.Write("x.csv",
            "Date,Open,High,Low,Close,Adj "
                + "Close,Volume\n2020-01-02,1,2,1,2,1,5\n2020-01-03,null,null,null,null,null,null\n2020-01-06,1,2,1,2,1,5\n"));
        (series.Count, series.SkippedRows, series.Format).ShouldBe((2, 1, "yahoo"));
        series.Notes.ShouldContain("1 row without prices (null) was skipped");
        Read.All(series)[0].ShouldBe(new Bar(Read.Utc("2020-01-02"), 0.5, 1, 0.5, 1, 5));
    }

    [Fact]
    public void Stamps_at_the_close_move_a_timeframe_back_but_days_stay_their_days()
    {
        var close = new BarFileOptions { Stamp = BarStamp.Close };
        var minutes = _folder.Write("m.csv", "time,open,high,low,close\n2020-01-02 09:05,1,2,1,2\n2020-01-02 09:10,1,2,1,2\n");
        Read.Bars(minutes, "5m", close).Select(b => b.Time).ShouldBe([Read.Utc("2020-01-02 09:00"), Read.Utc("2020-01-02 09:05")]);
        var days = _folder.Write("d.csv", "time,open,high,low,close\n2020-01-02,1,2,1,2\n2020-01-03,1,2,1,2\n");
        Read.Bars(days, "1d", close).Select(b => b.OpenTime.Day).ShouldBe([2, 3]);
        var evenings = _folder.Write("e.csv", "time,open,high,low,close\n2020-01-02 16:00,1,2,1,2\n2020-01-04 00:00,1,2,1,2\n");
        Read.Bars(evenings, "1d", close).Select(b => b.OpenTime.Day).ShouldBe([2, 3]);
        var weeks = _folder.Write("w.csv", "time,open,high,low,close\n2020-01-03,1,2,1,2\n2020-01-10,1,2,1,2\n");
        Read.Bars(weeks, "1w", close).Select(b => b.OpenTime.DayOfWeek).ShouldBe([DayOfWeek.Monday, DayOfWeek.Monday]);
    }

    [Fact]
    public void Days_are_dated_by_the_wall_they_were_written_for()
    {
        var path = _folder.Write("x.csv",
            "Date,Open,High,Low,Close,Volume\n2020-03-06 00:00:00-05:00,1,2,1,2,1\n2020-03-09 00:00:00-04:00,1,2,1,2,1\n");
        Read.Bars(path).Select(b => b.Time).ShouldBe([Read.Utc("2020-03-06"), Read.Utc("2020-03-09")]);
    }

    [Fact]
    public void A_named_time_zone_is_applied_with_its_daylight_saving()
    {
        var zone = new BarFileOptions { TimeZone = "America/New_York" };
        var path = _folder.Write("x.csv", "time,open,high,low,close\n2020-03-06 09:30,1,2,1,2\n2020-03-09 09:30,1,2,1,2\n");
        Read.Bars(path, "1h", zone).Select(b => b.Time).ShouldBe([Read.Utc("2020-03-06 14:30"), Read.Utc("2020-03-09 13:30")]);
        // The hour that autumn repeats, and the one that spring skips.
        var autumn = _folder.Write("y.csv",
            "time,open,high,low,close\n2020-11-01 00:30,1,2,1,2\n2020-11-01 01:30,1,2,1,2\n2020-11-01 01:30,1,2,1,2\n2020-11-01 "
                + "02:30,1,2,1,2\n");
        Read.Bars(autumn, "1h", zone).Select(b => b.OpenTime.Hour).ShouldBe([4, 5, 6, 7]);
        var spring = _folder.Write("z.csv", "time,open,high,low,close\n2020-03-08 01:30,1,2,1,2\n2020-03-08 02:30,1,2,1,2\n");
        Read.Fault(spring, "1h", zone).ShouldContain("line 3, time: this wall clock time does not exist in America/New_York");
        Read.Fault(spring, "1h", new BarFileOptions { TimeZone = "New York" }).ShouldContain("'New York' is not a time zone");
    }

    [Fact]
    public void Dates_that_do_not_tell_day_from_month_are_read_month_first_and_said_so()
    {
        const string Text = "time,open,high,low,close\n01/02/2020,1,2,1,2\n02/03/2020,1,2,1,2\n";
        var path = _folder.Write("x.csv", Text);
        var series = Read.Open(path);
        series.Notes.ShouldContain("no date tells day from month; they were read month first");
        Read.All(series)[1].Time.ShouldBe(Read.Utc("2020-02-03"));
        Read.Bars(path, "1d", new BarFileOptions { DateOrder = DateOrder.DayFirst })[1].Time.ShouldBe(Read.Utc("2020-03-02"));
        // Order decides where it can: as months first these would run backwards.
        Read.Bars(_folder.Write("y.csv",
            "time,open,high,low,close\n05/01/2020,1,2,1,2\n06/01/2020,1,2,1,2\n01/02/2020,1,2,1,2\n"))[0].Time.ShouldBe(
                Read.Utc("2020-01-05"));
    }

    [Fact]
    public void Prices_are_the_nearest_doubles_to_their_text()
    {
        var random = new Random(7);
        var text = new StringBuilder("time,open,high,low,close,volume\n");
        var expected = new List<double>();
        for (var i = 0; i < 5000; i++)
        {
            var digits = random.Next(1, 24);
            var price = string.Concat(Enumerable.Range(0, digits).Select(_ => (char)('0' + random.Next(10))));
            var point = random.Next(0, digits + 1);
            price = price[..point] + "." + price[point..];
            if (random.Next(8) == 0) price += $"e{random.Next(-8, 8)}";
            var value = double.Parse(price, System.Globalization.CultureInfo.InvariantCulture);
            if (value <= 0) continue;
            expected.Add(value);
            text.Append(new DateTime(2000, 1, 1).AddDays(expected.Count).ToString("yyyy-MM-dd"))
                .Append($",{price},{price},{price},{price},{price}\n");
        }
        Read.Bars(_folder.Write("x.csv", text.ToString())).Select(b => b.Close).ShouldBe(expected);
    }

    [Fact]
    public void Decimals_count_only_what_prices_need()
    {
        int Decimals(string a, string b) =>
            Read.Open(_folder.Write("x.csv",
                $"time,open,high,low,close\n2020-01-01,{a},{a},{a},{a}\n2020-01-02,{b},{b},{b},{b}\n")).Instrument.PriceDecimals;
        Decimals("100.0000", "5").ShouldBe(0);
        Decimals("100.2500", "5.1").ShouldBe(2);
        Decimals("0.123456789", "5").ShouldBe(9);
        Decimals("0.1234567891", "5").ShouldBe(-1);
        Decimals("1e-3", "5").ShouldBe(3);
    }

    [Fact]
    public async Task A_folder_lists_its_symbols_and_never_opens_a_path()
    {
        _folder.Write("in/A.csv", "time,open,high,low,close\n2020-01-02,1,2,1,2\n");
        _folder.WriteGzip("in/B.csv.gz", "time,open,high,low,close\n2020-01-02,1,2,1,2\n");
        _folder.WriteZip("in/C.zip", ("c.csv", "time,open,high,low,close\n2020-01-02,1,2,1,2\n"));
        _folder.Write("in/LICENSE.md", "no bars");
        _folder.Write("secret.csv", "time,open,high,low,close\n2020-01-02,1,2,1,2\n");
        var source = new CsvBarSource(Path.Combine(_folder.Path, "in"));
        (await source.ListSymbolsAsync(Timeframe.D1)).ShouldBe(["A", "B", "C"]);
        string Fault(string symbol) =>
            Should.Throw<BarDataException>(() => source.OpenAsync(new BarQuery(symbol, Timeframe.D1)).AsTask().GetAwaiter()
                .GetResult()).Message;
        Fault("../secret").ShouldContain("there is no file for the symbol '../secret'");
        Fault("ORCL").ShouldContain("it has A, B, C");
        _folder.Write("in/A.txt", "x");
        Fault("B").ShouldContain("the symbol 'A' is in A.");
        Should.Throw<BarDataException>(() => TestCatalogues.Sources.Open(Address.Parse("cvs:data"))).Message
            .ShouldContain("did you mean csv:data?");
        Should.Throw<BarDataException>(() => new CsvBarSource("x",
            new BarFileOptions { Format = "yahho" })).Message.ShouldContain("did you mean yahoo?");
    }
}
