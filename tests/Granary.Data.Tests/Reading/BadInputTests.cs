using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Reading;

/// <summary>Everything that can be wrong with a file is one sentence that names file, line, field and remedy.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2020-01-03,1,2,1", "line 3: the row has 4 columns, not 6 as the file promises; correct the row or remove it")]
    [InlineData("2020-01-03,1,2,1,2,5,9", "line 3: the row has 7 columns, not 6 as the file promises; correct the row or remove it")]
    [InlineData("2020-01-03,abc,2,1,2,5", "line 3, open: 'abc' is not a number; correct the row or remove it")]
    [InlineData("2020-01-03,1,NaN,1,2,5", "line 3, high: 'NaN' is not a finite number; correct the row or remove it")]
    [InlineData("2020-01-03,1,2,1,-Infinity,5", "line 3, close: '-Infinity' is not a finite number; correct the row or remove it")]
    [InlineData("2020-01-03,1,1e999,1,2,5", "line 3, high: the price is not a finite number; correct the row or remove it")]
    [InlineData("2020-01-03,1,2,-1,2,5", "line 3, low: the price -1 is negative; correct it, or leave the row out if the "
        + "price is real; only chains of futures have prices below zero")]
    [InlineData("2020-01-03,0,2,1,2,5", "line 3, open: the price is zero; correct the row or remove it")]
    [InlineData("2020-01-03,1,2,1,,5", "line 3, close: the field is empty; correct the row or remove it")]
    [InlineData("2020-01-03,3,2,4,3,5", "line 3, high: the high 2 is below the low 4; correct the row or remove it")]
    [InlineData("2020-01-03,5,4,2,3,5", "line 3, open: the open 5 is above the high 4; correct the row or remove it")]
    [InlineData("2020-01-03,3,4,2,1,5", "line 3, close: the close 1 is below the low 2; correct the row or remove it")]
    [InlineData("2020-01-03,1,2,1,2,-5", "line 3, volume: the volume -5 is negative; correct the row or remove it")]
    [InlineData("2020-01-03,1,2,1,2,x", "line 3, volume: 'x' is not a number; correct the row or remove it")]
    [InlineData("2020-01-03,\"1,5\",2.5,1,2,5", "line 3, open: '1,5' is not a number with a decimal point; correct the row or remove it")]
    [InlineData("2020-01-03,\"1,2,1,2,5", "line 3: a quotation mark is not closed; close it or remove it")]
    [InlineData("2020-01-02,1,2,1,2,5",
        "line 3, time: 2020-01-02 is there twice; remove one of the two rows, or name the true timeframe if these are not 1d bars")]
    [InlineData("2020-01-03,1,2,1,2,5\n2020-01-02,1,2,1,2,5",
        "line 4, time: 2020-01-02 follows 2020-01-03; sort the rows by time, oldest first")]
    [InlineData("2020-01-01,1,2,1,2,5\n2020-01-03,1,2,1,2,5",
        "line 4, time: 2020-01-03 follows 2020-01-01, and the rows above run from newest to oldest; sort the rows by time, oldest first")]
    [InlineData("03.01.2020,1,2,1,2,5",
        "line 3, time: '03.01.2020' is not a time as those above are written; write it as 2020-01-31 or 2020-01-31 09:30:00, between 1600 "
            + "and 2199")]
    [InlineData("2020-02-30,1,2,1,2,5",
        "line 3, time: '2020-02-30' is not a time as those above are written; write it as 2020-01-31 or 2020-01-31 09:30:00, between 1600 "
            + "and 2199")]
    [InlineData(",1,2,1,2,5", "line 3, time: the field is empty; write it as 2020-01-31 or 2020-01-31 09:30:00, between 1600 and 2199")]
    [InlineData("2020-01-03Z,1,2,1,2,5",
        "line 3, time: this time is in another zone than those above; write all times of a file in one zone, best UTC")]
    public void A_faulty_row_names_its_place_field_and_remedy(string row, string fault)
    {
        var path = _folder.Write("x.csv", $"time,open,high,low,close,volume\n2020-01-02,1,2,1,2,5\n{row}\n");
        Read.Fault(path).ShouldBe($"{path}, {fault}");
        // A row at the very end without a line feed is judged alike.
        File.WriteAllText(path, File.ReadAllText(path).TrimEnd('\n'));
        Read.Fault(path).ShouldBe($"{path}, {fault}");
    }

    [Theory]
    [InlineData("2020-01-02 10:00:00Z", "2020-01-02 11:00:00", "this time has no zone, those above have one")]
    [InlineData("2020-01-02 10:00:00", "2020-01-02 11:00:00Z", "this time is in another zone than those above")]
    [InlineData("2020-01-02 10:00:00+00:00", "2020-01-02 14:00:00+02:00", "this time is in another zone than those above")]
    [InlineData("2020-01-02 10:00:00Z", "2020-01-02 11:00:00+00:00", "this time is in another zone than those above")]
    public void Times_of_several_zones_are_refused(string first, string second, string fault)
    {
        var path = _folder.Write("x.csv", $"time,open,high,low,close\n{first},1,2,1,2\n{second},1,2,1,2\n");
        Read.Fault(path, "1h").ShouldBe($"{path}, line 3, time: {fault}; write all times of a file in one zone, best UTC");
    }

    [Fact]
    public void Offsets_may_change_by_an_hour_with_daylight_saving_but_not_back_and_forth()
    {
        var good = _folder.Write("x.csv",
            "time,open,high,low,close\n2020-03-06 09:30:00-05:00,1,2,1,2\n2020-03-09 09:30:00-04:00,1,2,1,2\n");
        Read.Bars(good, "1h").Select(b => b.Time).ShouldBe([Read.Utc("2020-03-06 14:30"), Read.Utc("2020-03-09 13:30")]);
        var bad = _folder.Write("y.csv",
            "time,open,high,low,close\n2020-03-06 09:30:00-05:00,1,2,1,2\n2020-03-09 09:30:00-04:00,1,2,1,2\n2020-03-10 "
                + "09:30:00-05:00,1,2,1,2\n");
        Read.Fault(bad, "1h").ShouldContain("line 4, time: this time is in another zone");
    }

    [Theory]
    [InlineData("", "the file is empty; download or export it again")]
    [InlineData("\n\n", "is neither a header nor a row of bars")]
    [InlineData("time,open,high,low,close,volume\n", "time: there are no rows with a time")]
    [InlineData("time,open,high,low\n2020-01-01,1,2,1\n", "line 1: the header has no column for close; name the columns")]
    [InlineData("hello world", "line 1: 'hello world' is neither a header nor a row of bars")]
    [InlineData("a,b\nc,d\n", "line 1: the header has no column for time, open, high, low, close")]
    [InlineData("1,2,3\n4,5,6\n", "a row has 3 columns and there is no header to tell them by")]
    [InlineData("time,open,high,low,close\nyesterday,1,2,1,2\n", "line 2, time: 'yesterday' is not a time")]
    [InlineData("[[1580376600000,1,2,1,2,5],[1580376660000,1,2,1,2", "the array is not closed, as if the file were cut off")]
    [InlineData("[[1580376600000,1,2,1,2,5],[1580376660000,1,2,1,2]]", "line 1, record 2: it has 5 values, not 6")]
    [InlineData("[[1580376600000,1,2,1,2,5],\n[1580376660000,1,x,1,2,5]]", "line 2, record 2 high: 'x' is not a number")]
    [InlineData("[[1580376600000,1,2,1,2,5]] [", "text follows the end of the array")]
    [InlineData("[]", "the array holds no klines")]
    [InlineData("{\"a\":[1,2]}", "a JSON object of a layout that Granary does not know")]
    public void A_file_that_is_no_bars_says_what_is_missing(string text, string fault)
    {
        var path = _folder.Write("x.csv", text);
        var message = Read.Fault(path, "1m");
        message.ShouldStartWith(path);
        message.ShouldContain(fault);
        message.ShouldContain("; ");
    }

    [Fact]
    public void Files_that_are_not_there_not_text_or_damaged_say_so()
    {
        Read.Fault(Path.Combine(_folder.Path, "none.csv"))
            .ShouldEndWith("none.csv: the file does not exist; check the path and its spelling");
        Read.Fault(_folder.Path).ShouldEndWith("this is a folder, not a file; name a file in it");
        Read.Fault(_folder.Write("b.csv", [1, 2, 0, 4, 5, 0, 0, 9])).ShouldContain("this is not text");
        var text = "time,open,high,low,close\n"
            + string.Concat(Enumerable.Range(0, 5000)
                .Select(i => $"{new DateTime(2000, 1, 1).AddDays(i):yyyy-MM-dd},{i + 1},{i + 2},{i + 1},{i + 2}\n"));
        var gzip = File.ReadAllBytes(_folder.WriteGzip("g.csv.gz", text));
        var zip = File.ReadAllBytes(_folder.WriteZip("z.zip", ("a.csv", text)));
        Read.Fault(_folder.WriteZip("two.zip", ("a.csv", text), ("b.csv", text)))
            .ShouldContain("the zip contains 2 files (a.csv, b.csv, …); unpack it and name one of them");
        foreach (var (name, packed) in new[] { ("g.csv.gz", gzip), ("z.zip", zip) })
        {
            Read.Fault(_folder.Write(name, packed[..(packed.Length / 2)])).ShouldContain(name);
            var random = new Random(3);
            for (var i = 0; i < 60; i++)
            {
                var bad = (byte[])packed.Clone();
                bad[60 + random.Next(packed.Length - 200)] ^= (byte)(1 << random.Next(8));
                Read.Fault(_folder.Write(name, bad)).ShouldContain(name);
            }
        }
    }

    [Fact]
    public void A_timeframe_longer_than_the_files_bars_is_refused()
    {
        var path = _folder.Write("x.csv",
            "time,open,high,low,close\n" + string.Concat(Enumerable.Range(0, 50)
                .Select(i => $"{new DateTime(2020, 1, 1).AddMinutes(i):yyyy-MM-dd HH:mm},1,2,1,2\n")));
        Read.Fault(path, "1h")
            .ShouldBe($"{path}, timeframe: the bars are 1 min apart and cannot be 1h bars; name the file's own timeframe, or resample it");
    }

    [Fact]
    public void A_file_with_decimal_commas_in_another_format_asks_for_decimal_points()
    {
        const string Rows = "02.01.2020;1,5;2,0;1,0;1,7\n03.01.2020;1,5;2,0;1,0;1,7\n";
        Read.Fault(_folder.Write("named.csv", "Date;Open;High;Low;Close\n" + Rows), "1d", new BarFileOptions { Format = "generic" })
            .ShouldContain("line 2, open: '1,5' is not a number with a decimal point");
        // The header decides what separates columns, so that the columns that are missing are found.
        Read.Fault(_folder.Write("unknown.csv", "Tag;Anfang;Oben;Unten;Ende\n" + Rows), "1d")
            .ShouldContain("line 1: the header has no column for time, open, high, low, close; name the columns");
    }

    [Fact]
    public void Rows_that_begin_newest_first_and_turn_say_so() =>
        Read.Fault(_folder.Write("turn.csv",
            "time,open,high,low,close\n2020-01-02,1,2,1,2\n2020-01-01,1,2,1,2\n2020-01-03,1,2,1,2\n"), "1d")
            .ShouldContain("line 4, time: 2020-01-03 follows 2020-01-01, and the rows above run from newest to oldest; sort the rows");

    [Fact]
    public void A_range_without_bars_says_what_the_file_has()
    {
        var path = _folder.Write("x.csv", "time,open,high,low,close\n2020-01-02,1,2,1,2\n2020-01-03,1,2,1,2\n");
        Should.Throw<BarDataException>(() => Read.Open(path, "1d", null, Read.Utc("2021-01-01"), Read.Utc("2022-01-01"))).Message
            .ShouldBe($"{path}: there are no bars between 2021-01-01 00:00 and 2022-01-01 00:00; the file has 2020-01-02 00:00 to "
                + $"2020-01-03 00:00; change from and to");
        Read.All(Read.Open(path, "1d", null, Read.Utc("2020-01-03"))).Count.ShouldBe(1);
    }

    [Fact]
    public void A_gzip_that_was_cut_off_is_refused_and_several_in_a_row_are_one_text()
    {
        static byte[] Packed(string text)
        {
            using var packed = new MemoryStream();
            using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Optimal))
                gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
            return packed.ToArray();
        }
        var first = Packed("time,open,high,low,close\n2020-01-02,1,2,1,2\n2020-01-03,1,2,1,2\n");
        var second = Packed("2020-01-06,1,2,1,2\n2020-01-07,1,2,1,2\n");
        Read.Bars(_folder.Write("two.csv.gz", [.. first, .. second]), "1d").Count.ShouldBe(4);
        var cut = _folder.Write("cut.csv.gz", first[..^9]);
        Should.Throw<Granary.Engine.Market.BarDataException>(() => Read.Bars(cut,
            "1d")).Message.ShouldBe($"{cut}: the compressed data is damaged; download or pack the file again");
    }
}
