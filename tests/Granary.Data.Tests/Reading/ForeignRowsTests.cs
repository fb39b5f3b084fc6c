using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Data.Text;
using Granary.Engine.Market;
using Granary.Testing;

namespace Granary.Data.Tests.Reading;

/// <summary>Rows as vendors and programs leave them: rounding, times, ends of files, and faults that all rows have.</summary>
public sealed class ForeignRowsTests : IDisposable
{
    private const string Header = "time,open,high,low,close\n";
    private readonly TempFolder _folder = new(inMemory: true);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_close_above_the_high_by_rounding_widens_the_high_and_one_by_three_per_mille_is_refused()
    {
        var series = Read.Open(_folder.Write("x.csv", Header + "2024-01-02,98,98.2831,97,98.28310000000002\n"
            + "2024-01-03,97.31,99.5,97.31000000000002,99\n"
            + "2024-01-04,1,2,1,2\n"));
        Read.All(series).Take(2).Select(b => (b.High, b.Low)).ShouldBe([(98.28310000000002, 97), (99.5, 97.31)]);
        series.Notes.ShouldContain(
            n => n.StartsWith("in 2 rows open or close lies outside of high and low by rounding", StringComparison.Ordinal));
        // 1e-9 of 100 is 1e-7.
        Read.Bars(_folder.Write("y.csv", Header + "2024-01-02,99,100,98,100.00000009\n")).ShouldHaveSingleItem();
        Read.Fault(_folder.Write("y.csv", Header + "2024-01-02,99,100,98,100.0000002\n"))
            .ShouldContain("close: the close 100.0000002 is above");
        Read.Fault(_folder.Write("y.csv", Header + "2024-01-02,99,100,98,100.3\n"))
            .ShouldContain("line 2, close: the close 100.3 is above the high");
    }

    [Theory]
    [InlineData("20231115 09:30:00 US/Eastern", "20231116 09:30:00 US/Eastern", "2023-11-15 14:30")]
    [InlineData("20230615 09:30:00 America/New_York", "20230616 09:30:00 America/New_York", "2023-06-15 13:30")]
    [InlineData("20231115  09:30:00", "20231116  09:30:00", "2023-11-15 09:30")]
    [InlineData("20231115-14:30:00", "20231116-14:30:00", "2023-11-15 14:30")]
    [InlineData("2023-11-15 09:30:00 EST", "2023-11-16 09:30:00 EST", "2023-11-15 14:30")]
    [InlineData("2023-06-15 09:30:00 EDT", "2023-06-16 09:30:00 EDT", "2023-06-15 13:30")]
    [InlineData("2023-11-15 09:00:00 JST", "2023-11-16 09:00:00 JST", "2023-11-15 00:00")]
    [InlineData("2023-11-15 09:00:00 Asia/Tokyo", "2023-11-16 09:00:00 Asia/Tokyo", "2023-11-15 00:00")]
    public void Times_may_name_their_zone_or_stand_as_Interactive_Brokers_writes_them(string first, string second, string utc) =>
        Read.Bars(_folder.Write("x.csv", Header + $"{first},1,2,1,2\n{second},1,2,1,2\n"), "1m")[0].Time.ShouldBe(Read.Utc(utc));

    [Fact]
    public void A_row_that_names_another_zone_than_those_above_is_refused() =>
        Read.Fault(_folder.Write("x.csv", Header + "20231115 09:30:00 US/Eastern,1,2,1,2\n20231116 09:30:00 US/Central,1,2,1,2\n"), "1m")
            .ShouldContain("line 3, time: '20231116 09:30:00 US/Central' is not a time as those above are written");

    [Theory]
    [InlineData("-1325602200", "-1325515800", "1927-12-30 09:10")]
    [InlineData("-86400", "0", "1969-12-31 00:00")]
    [InlineData("-86400000000", "-86399940000", "1967-04-07 00:00")]
    [InlineData("0", "86400,1,2,1,2\n172800,1,2,1,2\n259200", "1970-01-01 00:00")]
    public void Counts_from_1970_may_be_negative(string first, string second, string time) =>
        Read.Bars(_folder.Write("x.csv", Header + $"{first},1,2,1,2\n{second},1,2,1,2\n"), "1m")[0].Time.ShouldBe(Read.Utc(time));

    [Fact]
    public void Years_are_read_from_1600_on_and_the_limit_is_named()
    {
        Read.Bars(_folder.Write("x.csv", Header + "1788-05-01,1,2,1,2\n"))[0].Time.ShouldBe(Read.Utc("1788-05-01"));
        Read.Fault(_folder.Write("y.csv", Header + "1599-05-01,1,2,1,2\n")).ShouldContain(
            "line 2, time: '1599-05-01' lies outside of the years that are read, 1600 to 2199; correct the year, or leave those rows out");
        Read.Fault(_folder.Write("z.csv", Header + "01/05/2020,1,2,1,2\n01/06/2200,1,2,1,2\n")).ShouldContain(
            "line 3, time: '01/06/2200' lies outside of the years that are read, 1600 to 2199; correct the year, or leave the row out");
    }

    [Theory]
    [InlineData("12/31/68", "01/02/69", "1968-12-31")]
    [InlineData("12/30/27", "12/31/27", "1927-12-30")]
    [InlineData("12/30/26", "12/31/26", "2026-12-30")]
    [InlineData("12/30/99", "01/03/00", "1999-12-30")]
    public void A_year_of_two_digits_is_not_later_than_the_current_year(string first, string second, string date)
    {
        var options = new BarFileOptions { Clock = new ManualClock(new DateTimeOffset(2026, 11, 27, 0, 0, 0, TimeSpan.Zero)) };
        var path = _folder.Write("x.csv", Header + $"{first},1,2,1,2\n{second},1,2,1,2\n");
        Read.Bars(path, options: options)[0].Time.ShouldBe(Read.Utc(date));
        Read.Open(path, options: options).Notes
            .ShouldContain(n => n.StartsWith("years of two digits were read as ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1,23,456.05", "123456.05")]
    [InlineData("12,34,567", "1234567")]
    [InlineData("1,00,00,000", "10000000")]
    [InlineData("-1,23,456", "-123456")]
    [InlineData("1,2,3456", null)]
    [InlineData("1,234,56", null)]
    [InlineData("12,345,67,890", null)]
    public void Digits_may_be_grouped_as_in_India(string text, string? number) =>
        WrittenNumber.Plain(text, decimalComma: false, ofVolume: false, withUnits: false).ShouldBe(number);

    [Fact]
    public void Prices_of_India_are_read_without_a_decimal_point_too() =>
        Read.Bars(_folder.Write("x.csv", Header + "2024-01-02,\"1,23,456\",\"1,23,460\",\"1,23,400\",\"1,23,450\"\n"))
            [0].Open.ShouldBe(123456);

    [Fact]
    public void Rows_of_dividends_and_splits_among_the_bars_are_passed_over_and_counted()
    {
        var series = Read.Open(_folder.Write("x.csv", "Date,Open,High,Low,Close*,Adj Close**,Volume\n\"Jan 11, 2024\",1,2,1,2,2,\"1,049\"\n"
            + "\"Jan 10, 2024\",0.24 Dividend,,,,,\n\"Jan 10, 2024\",1,2,1,2,2,\"1,042\"\n\"Jan 09, 2024\",2:1 Stock Splits,,,,,\n"));
        Read.All(series).Select(b => b.Volume).ShouldBe([1042, 1049]);
        series.Notes.ShouldContain("2 rows of dividends or splits were passed over");
    }

    [Fact]
    public void NUL_bytes_at_the_end_are_passed_over_with_a_note_and_among_the_rows_refused()
    {
        var text = "time,open,high,low,close\n2024-01-02,1,2,1,2\n2024-01-03,1,2,1,2\n"u8.ToArray();
        foreach (var nuls in new[] { 1, 5_000, 600_000 })
        {
            var series = Read.Open(_folder.Write("x.csv", [.. text, .. new byte[nuls]]));
            series.Count.ShouldBe(2);
            series.Notes.ShouldContain(
                n => n.StartsWith($"{nuls} NUL bytes at the end of the file were passed over", StringComparison.Ordinal));
        }
        Read.Fault(_folder.Write("y.csv", [.. text, .. new byte[600_000], .. "2024-01-04,1,2,1,2\n"u8])).ShouldContain(
            "NUL bytes stand between the rows; download or export it again");
        Read.Bars(_folder.Write("z.json", [.. "[[1704153600,1,2,1,2,5]]"u8, .. new byte[100]])).ShouldHaveSingleItem();
        Read.Fault(_folder.Write("w.csv", new byte[100])).ShouldContain("the file is empty");
    }

    [Fact]
    public void A_zip_of_macOS_or_HistData_holds_one_table()
    {
        const string Text = "time,open,high,low,close\n2024-01-02,1,2,1,2\n";
        Read.Bars(_folder.WriteZip("a.zip", ("a.csv", Text), ("__MACOSX/._a.csv", "\0\x05"), (".DS_Store", "x"))).ShouldHaveSingleItem();
        Read.Bars(_folder.WriteZip("b.zip", ("DAT.csv", Text), ("DAT.txt", "Gap of 5 minutes"))).ShouldHaveSingleItem();
        Read.Fault(_folder.WriteZip("c.zip", ("a.csv", Text), ("b.csv", Text))).ShouldContain("the zip contains 2 files (a.csv, b.csv, …)");
    }

    [Fact]
    public void A_fault_that_most_rows_have_is_not_to_be_corrected_row_by_row()
    {
        var swapped = "date,open,low,high,close\n" + string.Concat(Enumerable.Range(1, 9).Select(d => $"2024-01-0{d},10,12,9,11\n"));
        var path = _folder.Write("x.csv", swapped);
        Read.Fault(path).ShouldBe($"{path}, line 2, high: the high 9 is below the low 12, and 8 more rows have such a fault; look at the "
            + "columns, the format and the source of the file, not at single rows (--columns, --format; \"columns\", \"format\" in a "
            + "batch)");
        Read.Fault(_folder.Write("y.csv", Header + "2024-01-02,1,2,1,2\n2024-01-03,1,2,1,2\n2024-01-04,3,2,4,3\n"))
            .ShouldEndWith("line 4, high: the high 2 is below the low 4; correct the row or remove it");
    }

    [Fact]
    public void A_negative_price_may_be_real_and_the_limit_is_said() =>
        Read.Fault(_folder.Write("x.csv", Header + "2020-04-17,18,19,17,18\n2020-04-20,-4,-2,-7,-5\n")).ShouldContain(
            "line 3, open: the price -4 is negative; correct it, "
            + "or leave the row out if the price is real; only chains of futures have prices below zero");

    [Theory]
    [InlineData("2026-11-25", "2026-11-26", 0)]
    [InlineData("2026-11-26", "2026-11-27", 1)]
    [InlineData("2026-11-27", "2027-01-05", 2)]
    public async Task Bars_that_have_not_closed_are_a_warning_of_the_check(string first, string last, int unclosed)
    {
        var path = _folder.Write("x.csv", Header + $"{first},1,2,1,2\n{last},1,2,1,2\n");
        var options = new BarFileOptions { Clock = new ManualClock(new DateTimeOffset(2026, 11, 27, 15, 0, 0, TimeSpan.Zero)) };
        var report = await DataCheck.FileAsync(path, new BarQuery("X", Timeframe.D1), options, TestContext.Current.CancellationToken);
        var found = report.Findings.Where(f => f.Check == QualityCheck.Unclosed).ToList();
        found.Count.ShouldBe(unclosed == 0 ? 0 : 1);
        if (unclosed > 0) found[0].Sentence.ShouldStartWith(unclosed == 1
            ? "1 bar ends after this moment, 2026-11-27 15:00 UTC (2026-11-27 00:00)"
            : "2 bars end after this moment, 2026-11-27 15:00 UTC (2026-11-27 00:00 to 2027-01-05 00:00)");
    }

    [Fact]
    public void A_day_of_a_market_with_a_session_has_closed_with_its_session()
    {
        // New York closes at 16:00, 21:00 UTC in winter.
        var day = Read.Utc("2026-11-27");
        bool IsClosedAt(string utc) => new UnclosedBars(SessionCalendar.NewYork(), Timeframe.D1, Read.Utc(utc)).IsClosed(day);
        (IsClosedAt("2026-11-27 20:59"), IsClosedAt("2026-11-27 21:00")).ShouldBe((false, true));
        // A week ends with the session of its Friday.
        var week = new UnclosedBars(SessionCalendar.NewYork(), Timeframe.W1, Read.Utc("2026-11-27 21:00"));
        week.IsClosed(Read.Utc("2026-11-23")).ShouldBeTrue();
        week.IsClosed(Read.Utc("2026-11-30")).ShouldBeFalse();
    }
}
