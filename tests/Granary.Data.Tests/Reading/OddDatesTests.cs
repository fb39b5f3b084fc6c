using System.Globalization;
using System.Text;
using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Reading;

/// <summary>Dates of daily bars in UTC, dates whose order of day and month only their spacing shows, and texts behind dates.</summary>
public sealed class OddDatesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Written(IEnumerable<string> times) => _folder.Write("x.csv",
        new StringBuilder("time,open,high,low,close\n").AppendJoin('\n', times.Select(t => $"{t},1,2,1,2")).Append('\n').ToString());

    private static IEnumerable<DateTime> Weekdays(string from, int count) =>
        Enumerable.Range(0, 2 * count).Select(i => DateTime.Parse(from, CultureInfo.InvariantCulture).AddDays(i))
            .Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Take(count);

    private static string Utc(DateTime local, string zone) =>
        $"{TimeZoneInfo.ConvertTimeToUtc(local, TimeZoneInfo.FindSystemTimeZoneById(zone)):yyyy-MM-dd'T'HH:mm:ss'Z'}";

    [Fact]
    public async Task A_source_that_is_one_file_has_its_symbols_alone_whatever_lies_beside_it()
    {
        var rows = "symbol,time,open,high,low,close\nA,2024-01-01,1,2,1,2\nB,2024-01-01,3,4,3,4\n";
        var named = _folder.Write("panel.csv", rows);
        _folder.Write("panel (1).csv", rows);
        var source = new CsvBarSource(named);
        (await source.ListSymbolsAsync(Timeframe.D1, TestContext.Current.CancellationToken)).ShouldBe(["A", "B"]);
        await using var series = await source.OpenAsync(new BarQuery("B", Timeframe.D1), TestContext.Current.CancellationToken);
        Read.All(series).Single().Open.ShouldBe(3);
        // A file of one market is named after itself, and the files beside it are not known.
        var one = _folder.Write("XY-1d.csv", "time,open,high,low,close\n2024-01-01,5,6,5,6\n");
        (await new CsvBarSource(one).ListSymbolsAsync(Timeframe.D1, TestContext.Current.CancellationToken)).ShouldBe(["XY"]);
        (await Should.ThrowAsync<BarDataException>(async () => await new CsvBarSource(one).OpenAsync(new BarQuery("A", Timeframe.D1),
            TestContext.Current.CancellationToken))).Message.ShouldContain("there is no file for the symbol 'A'");
    }

    [Theory]
    [InlineData("menge", "menge", 2)]
    [InlineData("my_score,menge", "my_score' or 'menge", 2)]
    // Prices of the bar, shares of one, and texts are no volume.
    [InlineData("settle", null, 2)]
    public async Task A_column_of_numbers_that_may_be_the_volume_is_noted_and_read_as_the_note_says(string columns, string? noted, int rows)
    {
        var values = columns.Split(',').Select(c => c == "settle" ? "101.5" : c == "menge" ? "5000" : "3.5");
        var file = _folder.Write("v.csv", $"time,open,high,low,close,{columns}\n" + string.Concat(Enumerable.Range(1, rows)
            .Select(d => $"2024-01-0{d},100,102,99,101,{string.Join(',', values)}\n")));
        await using var series = await new CsvBarSource(file).OpenAsync(new BarQuery("v", Timeframe.D1),
            TestContext.Current.CancellationToken);
        if (noted is null)
        {
            series.Notes.ShouldBeEmpty();
            return;
        }
        series.Notes.ShouldHaveSingleItem().ShouldStartWith($"no column is read as volume; if '{noted}' is the volume, name it: --");
        var options = new BarFileOptions { Columns = new ColumnMapping { Volume = "menge" } };
        await using var read = await new CsvBarSource(file, options).OpenAsync(new BarQuery("v", Timeframe.D1),
            TestContext.Current.CancellationToken);
        read.Notes.ShouldBeEmpty();
        Read.All(read)[0].Volume.ShouldBe(5000);
    }

    [Fact]
    public async Task A_symbol_with_quotation_marks_is_found_by_its_name_as_in_the_list()
    {
        _folder.Write("x.csv", "symbol,time,open,high,low,close\n\"A\"\"B\",2024-01-01,1,2,1,2\n\"C,D\",2024-01-01,3,4,3,4\n"
            + "<b>E</b>,2024-01-01,5,6,5,6\n");
        var source = new CsvBarSource(_folder.Path);
        var symbols = await source.ListSymbolsAsync(Timeframe.D1, TestContext.Current.CancellationToken);
        symbols.ShouldBe(["<b>E</b>", "A\"B", "C,D"]);
        foreach (var (symbol, open) in symbols.Zip((double[])[5, 1, 3]))
        {
            await using var series = await source.OpenAsync(new BarQuery(symbol, Timeframe.D1), TestContext.Current.CancellationToken);
            Read.All(series).Single().Open.ShouldBe(open);
        }
        // A file of one market is listed by its own name, and found by that in its column too.
        File.Delete(Path.Combine(_folder.Path, "x.csv"));
        _folder.Write("y.csv", "symbol,time,open,high,low,close\n\"F\"\"G\",2024-01-01,7,8,7,8\n");
        await using var only = await source.OpenAsync(new BarQuery("F\"G", Timeframe.D1), TestContext.Current.CancellationToken);
        Read.All(only).Single().Open.ShouldBe(7);
    }

    [Theory]
    [InlineData("Asia/Tokyo", null)]
    [InlineData("Asia/Tokyo", "Asia/Tokyo")]
    // Midnight is 22:00 or 23:00 UTC.
    [InlineData("Europe/Berlin", null)]
    [InlineData("Europe/Berlin", "Europe/Berlin")]
    [InlineData("America/New_York", null)]
    public void Daily_bars_at_the_midnight_of_a_zone_have_its_dates(string zone, string? named)
    {
        var days = Weekdays("2024-02-01", 60).ToList();
        var path = Written(days.Select(d => Utc(d, zone)));
        Read.Bars(path, "1d", new BarFileOptions { TimeZone = named }).Select(b => b.OpenTime).ShouldBe(days);
    }

    [Fact]
    public void Daily_bars_of_sessions_that_begin_on_the_evening_before_have_the_date_of_their_day()
    {
        var days = Weekdays("2024-02-01", 60).ToList();
        var path = Written(days.Select(d => $"{d.AddHours(-2):yyyy-MM-dd HH:mm:ss}"));
        Read.Bars(path).Select(b => b.OpenTime).ShouldBe(days);
        Read.Open(path).Notes.ShouldContain("the days are dated by the evening before them; each was given its own date");
    }

    [Fact]
    public void Daily_bars_that_are_dated_by_the_close_of_their_session_keep_their_dates()
    {
        var days = Weekdays("2024-02-01", 60).ToList();
        Read.Bars(Written(days.Select(d => $"{d:yyyy-MM-dd}T21:00:00Z"))).Select(b => b.OpenTime).ShouldBe(days);
    }

    [Fact]
    public void Daily_bars_on_all_days_of_the_week_at_an_evening_hour_are_asked_about()
    {
        var days = Enumerable.Range(0, 60).Select(d => new DateTime(2024, 2, 1).AddDays(d)).ToList();
        var path = Written(days.Select(d => Utc(d, "Asia/Shanghai")));
        Read.Fault(path).ShouldBe($"{path}, time: daily bars are dated 16:00 UTC on all days of the week, which can be the midnight of a "
            + "zone; name that zone with --time-zone (\"timeZone\" in a batch), or say --stamp open (\"stamp\") if each bar has its date "
            + "in UTC");
        Read.Bars(path, "1d", new BarFileOptions { TimeZone = "Asia/Shanghai" }).Select(b => b.OpenTime).ShouldBe(days);
        Read.Bars(path, "1d", new BarFileOptions { Stamp = BarStamp.Open }).Select(b => b.OpenTime)
            .ShouldBe(days.Select(d => d.AddDays(-1)));
    }

    [Theory]
    [InlineData("dd/MM/yyyy")]
    [InlineData("MM/dd/yyyy")]
    public void The_order_of_day_and_month_is_that_in_which_bars_are_evenly_spaced(string order)
    {
        string Text(DateTime day) => day.ToString(order, CultureInfo.InvariantCulture);
        var months = Enumerable.Range(0, 48).Select(m => new DateTime(2017, 1, 1).AddMonths(m)).ToList();
        Read.Bars(Written(months.Select(Text)), "1mo").Select(b => b.OpenTime).ShouldBe(months);
        var days = Weekdays("2024-02-01", 8).ToList();
        Read.Bars(Written(days.Select(Text))).Select(b => b.OpenTime).ShouldBe(days);
        BarFile.Inspect(Written(months.Select(Text))).Timeframe.ToString().ShouldBe("1mo");
        BarFile.Inspect(Written(days.Select(Text))).Timeframe.ToString().ShouldBe("1d");
    }

    [Theory]
    [InlineData("2024-01-02 Tue", "2024-01-03 Wed")]
    [InlineData("2024-01-02 16:00 CLO", "2024-01-03 16:00 CLO")]
    [InlineData("2024-01-02 ABC", "2024-01-03 ABC")]
    [InlineData("2024-01-02 EST", "2024-01-03 EST")]
    public void A_text_of_three_letters_behind_a_date_is_read_or_named(string first, string second)
    {
        var path = Written([first, second]);
        try
        {
            Read.Bars(path).Count.ShouldBe(2);
        }
        catch (BarDataException e)
        {
            e.Message.ShouldStartWith(path);
            e.Message.ShouldNotContain("the reader failed");
        }
    }

    [Fact]
    public void The_repeated_hour_of_Dublin_is_read_as_that_of_London()
    {
        var london = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
        List<DateTime> times =
            [.. Enumerable.Range(0, 20).Select(i => new DateTime(2026, 10, 24, 20, 0, 0, DateTimeKind.Utc).AddMinutes(30 * i))];
        var path = Written(times.Select(t => $"{TimeZoneInfo.ConvertTimeFromUtc(t, london):yyyy-MM-dd HH:mm}"));
        Read.Bars(path, "30m", new BarFileOptions { TimeZone = "Europe/Dublin" }).Select(b => b.OpenTime).ShouldBe(times);
    }

    [Fact]
    public void The_skipped_hour_of_Dublin_is_refused()
    {
        var path = Written(["2026-03-29 00:30", "2026-03-29 01:30", "2026-03-29 02:30"]);
        Read.Fault(path, "1h", new BarFileOptions { TimeZone = "Europe/Dublin" })
            .ShouldContain("line 3, time: this wall clock time does not exist in Europe/Dublin");
    }
}
