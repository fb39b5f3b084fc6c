using System.Text;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Formats;

/// <summary>
/// How numbers, times and lines may be spelled, which rule decides between two readings, and what is refused since none does.
/// </summary>
public sealed class SpellingTests : IDisposable
{
    private const string Header = "time,open,high,low,close\n";
    private readonly TempFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    private static Bar Day(string day, double open, double high, double low, double close, double volume = 0) =>
        new(Read.Utc(day), open, high, low, close, volume);

    [Theory]
    [InlineData("18,040.00", false, false, "18040.00")]
    [InlineData("1,234,567", false, false, "1234567")]
    [InlineData("18'040.5", false, false, "18040.5")]
    [InlineData("18 040.5", false, false, "18040.5")]
    [InlineData("$20.05", false, true, "20.05")]
    [InlineData("20.05 €", false, true, "20.05")]
    [InlineData("$1,020.05", false, true, "1020.05")]
    [InlineData("$20.05", false, false, null)]
    [InlineData("$$20", false, true, null)]
    [InlineData("18.040,00", false, false, null)]
    [InlineData("18,04", false, false, null)]
    [InlineData("18,0400", false, false, null)]
    [InlineData("1234,567", false, false, null)]
    [InlineData("1,234 567", false, false, null)]
    [InlineData("-", false, true, null)]
    [InlineData("+", true, true, null)]
    [InlineData(",234", false, false, null)]
    [InlineData("1,234.", false, false, null)]
    [InlineData("18.040,00", true, false, "18040.00")]
    [InlineData("18,040.00", true, false, null)]
    [InlineData("", false, true, null)]
    public void Prices_are_rewritten_or_refused(string text, bool comma, bool withUnits, string? expected) =>
        WrittenNumber.Plain(text, comma, ofVolume: false, withUnits).ShouldBe(expected);

    [Theory]
    [InlineData("4.16M", "4.16e6")]
    [InlineData("12k", "12e3")]
    [InlineData("1,204.5B", "1204.5e9")]
    [InlineData("2T", "2e12")]
    [InlineData("-", "0")]
    [InlineData("M", null)]
    [InlineData("4.16MM", null)]
    [InlineData("$4.16M", null)]
    public void Volumes_in_thousands_to_trillions_are_rewritten_or_refused(string text, string? expected) =>
        WrittenNumber.Plain(text, decimalComma: false, ofVolume: true, withUnits: true).ShouldBe(expected);

    [Fact]
    public void A_number_that_can_be_read_two_ways_is_refused_until_the_format_is_named()
    {
        var path = _folder.Write("x.csv", Header + "2020-01-02,\"18,040\",\"18,050\",\"18,030\",\"18,041\"\n"
            + "2020-01-03,\"18,040\",\"18,050\",\"18,030\",\"18,041\"\n");
        Read.Fault(path).ShouldBe($"{path}, line 2, open: '18,040' can be a number with thousands or one with decimals, and no other "
            + "number of the file tells which; name the format european for a decimal comma, or generic for thousands");
        Read.Bars(path, "1d", new BarFileOptions { Format = "generic" })[0].ShouldBe(Day("2020-01-02", 18040, 18050, 18030, 18041));
        Read.Bars(path, "1d", new BarFileOptions { Format = "european" })[0].ShouldBe(Day("2020-01-02", 18.04, 18.05, 18.03, 18.041));
    }

    [Theory]
    [InlineData("\"18,040\",\"18,050.5\",\"18,030\",\"18,041\"", 18040)]
    [InlineData("\"18,040\",\"1,018,050\",\"18,030\",\"18,041\"", 18040)]
    [InlineData("\"18,040\",\"18,0505\",\"18,030\",\"18,041\"", 18.04)]
    [InlineData("\"0,040\",\"0,045\",\"0,030\",\"0,041\"", 0.04)]
    [InlineData("\"1.018,040\",\"1.018,050\",\"1.018,030\",\"1.018,041\"", 1018.04)]
    public void Another_number_of_the_file_tells_thousands_from_decimals(string prices, double open) =>
        Read.Bars(_folder.Write("x.csv", Header + $"2020-01-02,{prices}\n"))[0].Open.ShouldBe(open);

    [Fact]
    public void A_number_with_the_other_mark_is_a_fault_of_its_row()
    {
        var path = _folder.Write("x.csv", Header + "2020-01-02,1.5,2.5,1.5,2\n2020-01-03,\"18.040,00\",2.5,1.5,2\n");
        Read.Fault(path).ShouldContain("line 3, open: '18.040,00' is not a number with a decimal point");
        // One alone among plain numbers is no custom of the file.
        Read.Fault(_folder.Write("y.csv", Header + "2020-01-02,1.5,2.5,1.5,2\n2020-01-03,$1.5,2.5,1.5,2\n"))
            .ShouldContain("line 3, open: '$1.5' is not a number");
    }

    [Theory]
    [InlineData("43832", "2020-01-02 00:00")]
    [InlineData("43832.0", "2020-01-02 00:00")]
    [InlineData("43832.39583", "2020-01-02 09:30")]
    [InlineData("43832.3958", "2020-01-02 09:30")]
    [InlineData("43832.999999", "2020-01-03 00:00")]
    [InlineData("25569", "1970-01-01 00:00")]
    public void Excel_dates_are_days_from_1900_on_rounded_to_a_minute(string serial, string time) =>
        Read.Bars(_folder.Write("x.csv", Header + $"{serial},1,2,1,2\n"), "1m")[0].Time.ShouldBe(Read.Utc(time));

    [Fact]
    public void A_day_number_before_1970_is_refused_since_it_can_count_from_1970()
    {
        var path = _folder.Write("x.csv", Header + "18263,1,2,1,2\n");
        Read.Fault(path).ShouldBe($"{path}, line 2, time: '18263' can be an Excel date before 1970 or a number of days since 1970; "
            + "write dates as 2020-01-31");
        Read.Fault(_folder.Write("y.csv", Header + "43832,1,2,1,2\n18263,1,2,1,2\n"))
            .ShouldContain("line 3, time: '18263' is not a time as those above are written; an Excel date is a number of days from 25569");
        // Nine and ten digits are seconds, eight a date.
        Read.Bars(_folder.Write("z.csv", Header + "1577923200,1,2,1,2\n"), "1m")[0].Time.ShouldBe(Read.Utc("2020-01-02 00:00"));
        Read.Bars(_folder.Write("z.csv", Header + "20200102,1,2,1,2\n"))[0].Time.ShouldBe(Read.Utc("2020-01-02"));
    }

    [Fact]
    public void Remarks_above_and_below_the_rows_are_passed_over_and_a_note_quotes_the_one_below()
    {
        var series = Read.Open(_folder.Write("x.csv",
            string.Concat(Enumerable.Range(0, 30).Select(i => $"# remark {i}, with commas, a, b\n")) + "A title\n\n" + Header
            + "2020-01-02,1,2,1,2\n2020-01-03,1,2,1,2\n\n"
            + "\"Downloaded from a vendor, on a day\"\nAll rights are reserved\n"));
        Read.All(series).Count.ShouldBe(2);
        series.Notes.ShouldContain("'Downloaded from a vendor, on a day' in line 37 is not a row and was passed over");
        Read.Bars(_folder.Write("numpy.csv", "# a remark\n# time,open,high,low,close\n2020-01-02,1,2,1,2\n")).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("2020-01-02,1,2,1,2\nThese are no rows\n2020-01-03,1,2,1,2\n", "line 3: the row has 1 column, not 5 as the file promises")]
    [InlineData("2020-01-02,1,2,1,2\n2020-01-03,1,2\n", "line 3: the row has 3 columns, not 5")]
    [InlineData("2020-01-02,1,2,1,2\nBRK B,1,2\n", "line 3: the row has 3 columns, not 5")]
    [InlineData("2020-01-02,1,2,1,2\nend\n", "line 3: the row has 1 column, not 5")]
    public void A_sentence_among_the_rows_and_a_row_that_was_cut_off_are_refused(string rows, string fault) =>
        Read.Fault(_folder.Write("x.csv", Header + rows)).ShouldContain(fault);

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Texts_in_UTF_16_are_read_packed_or_not(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        var text = "Datum;Eröffnung;Hoch;Tief;Schluss\n" + string.Concat(Enumerable.Range(0, 40_000)
            .Select(i => $"{new DateTime(1990, 1, 1).AddHours(i):dd.MM.yyyy HH:mm};1,5;{i},5;1,25;1,75\n").Skip(2));
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];
        var expected = Read.Bars(_folder.Write("a.csv", text), "1h");
        expected.Count.ShouldBe(39_998);
        Read.Bars(_folder.Write("b.csv", bytes), "1h").ShouldBe(expected);
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest)) gzip.Write(bytes);
        Read.Bars(_folder.Write("c.csv.gz", packed.ToArray()), "1h").ShouldBe(expected);
        // A fault has its line in UTF-16 as well.
        byte[] damaged = [.. encoding.GetPreamble(), .. encoding.GetBytes(text.Replace("1000,5", "1000,x", StringComparison.Ordinal))];
        Read.Fault(_folder.Write("d.csv", damaged), "1h").ShouldContain(
            "d.csv, line 1000, Hoch: '1000,x' is not a number with a decimal comma");
        Read.Fault(_folder.Write("e.csv", bytes[..^1]), "1h").ShouldContain("e.csv");
    }

    [Fact]
    public void A_series_of_closes_is_read_with_a_note()
    {
        var series = Read.Open(_folder.Write("x.csv", "DATE,DGS10\n2020-01-01,.\n2020-01-02,1.88\n2020-01-03,\n2020-01-06,1.81\n"));
        Read.All(series).ShouldBe([Day("2020-01-02", 1.88, 1.88, 1.88, 1.88), Day("2020-01-06", 1.81, 1.81, 1.81, 1.81)]);
        series.Notes.ShouldContain(BarNotes.OnePrice);
        series.Notes.ShouldContain("2 rows without prices (null) were skipped");
        Read.Bars(_folder.Write("y.csv", "Date,Close,Volume\n2020-01-02,1.88,7\n"))
            .ShouldBe([Day("2020-01-02", 1.88, 1.88, 1.88, 1.88, 7)]);
        // Bars with some of their prices are no closes.
        Read.Fault(_folder.Write("z.csv", "Date,Open,Close\n2020-01-02,1,2\n")).ShouldContain("the header has no column for high, low");
        Read.Fault(_folder.Write("w.csv", "Date,Name\n2020-01-02,Smith\n")).ShouldContain("the header has no column for open");
    }
}
