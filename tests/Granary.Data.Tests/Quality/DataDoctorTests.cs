using Granary.Data.BarFiles;
using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Data.Synthetic;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Quality;

/// <summary>Completeness of days, slips of daylight saving, and repairs.</summary>
public sealed class DataDoctorTests : IDisposable
{
    private static readonly SessionCalendar Stocks = SessionCalendar.NewYork();
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<IReadOnlyList<Finding>> Check(IEnumerable<Bar> bars, SessionCalendar? calendar = null,
        Timeframe? timeframe = null) => (await Report(bars, calendar, timeframe)).Findings;

    private static Task<QualityReport> Report(IEnumerable<Bar> bars, SessionCalendar? calendar = null, Timeframe? timeframe = null) =>
        DataCheck.SeriesAsync(new MemoryBarSeries(new Instrument { Symbol = "S", Calendar = calendar ?? SessionCalendar.Continuous },
            timeframe ?? Timeframe.M15, [.. bars], []));

    private static IEnumerable<Bar> Sessions(DateOnly from, DateOnly to, Func<DateOnly, int>? bars = null, Func<long, long>? shift = null)
    {
        var random = new Random(1);
        var price = 100.0;
        for (var date = from; date < to; date = date.AddDays(1))
        {
            if (Stocks.Session(date) is not { } session) continue;
            var n = bars?.Invoke(date) ?? 26;
            for (var i = 0; i < n; i++)
            {
                price = Math.Round(price * (1 + (random.NextDouble() - 0.5) / 500), 4);
                var time = session.Open + i * Timeframe.M15.Ticks;
                yield return new Bar(shift?.Invoke(time) ?? time, price, price + 0.1, price - 0.1, price, 1000);
            }
        }
    }

    private static readonly DateOnly January = new(2023, 1, 2), December = new(2023, 12, 1);

    [Fact]
    public async Task Whole_sessions_are_complete_and_a_day_that_was_cut_off_is_found_against_the_calendar()
    {
        (await Check(Sessions(January, December), Stocks)).ShouldNotContain(f => f.Check == QualityCheck.Completeness
            || f.Check == QualityCheck.DaylightSaving);
        var found = (await Check(Sessions(January, December,
            d => d == new DateOnly(2023, 3, 8) ? 5 : d.Month == 11 && d.Day is 22 or 24 ? 14 : 26),
            Stocks)).Where(f => f.Check == QualityCheck.Completeness).ToList();
        found.Select(f => (f.Severity, f.Place, f.Sentence)).ShouldBe([
            (Severity.Warning, "2023-03-08", "the day has 5 of 26 bars (19.2 %)"),
            (Severity.Info, "2023-11-22", "the day has 14 of 26 bars (53.8 %)")]);
        found.ShouldAllBe(f => f.Remedy.Length > 0);
    }

    [Fact]
    public async Task Closed_hours_and_days_are_neither_missing_nor_short()
    {
        DateOnly half = new(2023, 11, 22), lost = new(2023, 3, 8);
        var report = await Report(Sessions(January, December, d => d == lost ? 0 : d == half ? 14 : 26), Stocks);
        report.MissingDays.ShouldBe([lost]);
        report.ShortDays.ShouldBe([half]);
        // Currencies: Sundays have an evening only, Saturdays nothing.
        var hours = Enumerable.Range(0, 24 * 7 * 20).Select(h => Read.Utc("2023-01-02") + h * TimeSpan.TicksPerHour)
            .Where(t => new DateTime(t) is var time && time.DayOfWeek is not DayOfWeek.Saturday
                && (time.DayOfWeek is not DayOfWeek.Sunday || time.Hour >= 22)).Select(t => new Bar(t, 1, 1.1, 0.9, 1, 1));
        report = await Report(hours, timeframe: Timeframe.H1);
        (report.MissingDays.Count, report.ShortDays.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Around_the_clock_a_day_is_measured_against_the_markets_usual_one()
    {
        var bars = MarketGenerator.Generate(SyntheticMarket.Crypto("C", Read.Utc("2023-01-01"), Read.Utc("2023-02-01")), Timeframe.M15)
            .Where(b => b.OpenTime.Day != 10 || b.OpenTime.Hour < 6).ToList();
        var found = (await Check(bars)).Single(f => f.Check == QualityCheck.Completeness);
        (found.Place, found.Sentence).ShouldBe(("2023-01-10", "the day has 24 of 96 bars (25 %)"));
    }

    [Fact]
    public async Task Sessions_that_stay_at_winters_hour_in_summer_are_a_slip_of_daylight_saving()
    {
        // somebody took New York for five hours behind UTC all the year
        var slipped = Sessions(January, December,
            shift: t => Stocks.Zone.IsDaylightSavingTime(new DateTime(t, DateTimeKind.Utc)) ? t + TimeSpan.TicksPerHour : t);
        var found = (await Check(slipped, Stocks)).Single(f => f.Check == QualityCheck.DaylightSaving);
        found.Severity.ShouldBe(Severity.Warning);
        found.Sentence.ShouldContain("in summer time");
        found.Sentence.ShouldContain("days begin at 10:30, an hour after the session's 09:30");
        found.Remedy.ShouldContain("--time-zone America/New_York");
    }

    [Fact]
    public async Task The_hour_that_a_wall_clock_skips_tells_local_times_that_are_taken_for_UTC()
    {
        // Berlin's wall clock, read as UTC: on 2023-03-26 there is no hour from 02:00
        var bars = MarketGenerator.Generate(SyntheticMarket.Crypto("C", Read.Utc("2023-03-01"), Read.Utc("2023-04-20")), Timeframe.M15)
            .Where(b => b.Time < Read.Utc("2023-03-26 02:00") || b.Time >= Read.Utc("2023-03-26 03:00")).ToList();
        var found = (await Check(bars)).Single(f => f.Check == QualityCheck.DaylightSaving);
        (found.Place, found.Sentence).ShouldBe(("2023-03-26 01:45",
            "the hour that clocks skip in Europe/Berlin is missing, so the times are not UTC but that zone's"));
        (await Check(bars.Where(b => b.Time < Read.Utc("2023-03-20")))).ShouldNotContain(f => f.Check == QualityCheck.DaylightSaving);
    }

    [Fact]
    public async Task A_repair_sorts_rows_removes_repetitions_and_logs_each_and_nothing_else_changes()
    {
        var path = _folder.Write("bad.csv", """
            time,open,high,low,close,volume
            2024-01-02,10,11,9,10.5,100
            2024-01-04,12,13,11,12.5,100
            2024-01-03,11,12,10,11.5,100
            2024-01-05,13,14,12,13.5,100
            2024-01-05,13,14,12,13.5,100
            2024-01-08,14,13,15,14.5,100
            2024-01-09,0,14,12,13.5,100
            2024-01-10,15,16,14,15.5,100
            2024-01-04,12,13,11,12.75,100
            2024-01-11,16,17,15,16.5,100

            """);
        var before = File.ReadAllText(path);
        var output = Path.Combine(_folder.Path, "good.csv");
        var query = new BarQuery("bad", Timeframe.D1);
        var result = await DataFix.RunAsync(path, query, new BarFileOptions(), output);
        (result.Bars, result.Moved, result.Repeated, result.LeftOut).ShouldBe((6, 1, 1, 3));
        File.ReadAllText(path).ShouldBe(before);
        await using var repaired = await BarFile.OpenAsync(output, query);
        Read.All(repaired).Select(b => (b.OpenTime.Day, b.Close))
            .ShouldBe([(2, 10.5), (3, 11.5), (4, 12.5), (5, 13.5), (10, 15.5), (11, 16.5)]);
        var log = File.ReadAllText(result.Log);
        log.ShouldContain("line 3: the row of 2024-01-04 00:00:00 does not stand in order of time; it is put in its place");
        log.ShouldContain("line 6: the row of 2024-01-05 00:00:00 is there in line 5 already, with the same values; one is left out");
        log.ShouldContain("line 10: the row of 2024-01-04 00:00:00 is there in line 3 with other values; that one is kept and this one "
            + "left out (12 13 11 12.75 100)");
        log.ShouldContain("line 7, ");
        log.ShouldContain("line 8, ");
        // what is good stays as it is
        (await DataFix.RunAsync(output, query, new BarFileOptions(),
            Path.Combine(_folder.Path, "again.csv"))).ShouldBe(new DataFixResult(Path.Combine(_folder.Path, "again.csv"),
                Path.Combine(_folder.Path, "again.csv.log"), 6, 0, 0, 0));
        File.ReadAllText(Path.Combine(_folder.Path, "again.csv")).ShouldBe(File.ReadAllText(output));
    }

    // Two minutes change places, one is there twice, one has a price of zero.
    private static List<Bar> Damaged(IReadOnlyList<Bar> bars, out List<Bar> repaired)
    {
        repaired = [.. bars];
        List<Bar> bad = [.. bars];
        (bad[10], bad[11]) = (bad[11], bad[10]);
        bad.Insert(30, bad[29]);
        bad[40] = bad[40] with { Low = 0 };
        repaired.Remove(bars[39]);
        return bad;
    }

    [Theory]
    [InlineData("generic", ".csv")]
    [InlineData("generic", ".csv.gz")]
    [InlineData("generic", ".zip")]
    [InlineData("json", ".json")]
    [InlineData("descending", ".csv")]
    public async Task A_file_of_any_format_is_repaired_to_the_same_bars(string format, string extension)
    {
        Bar[] bars = [.. MarketGenerator.Generate(SyntheticMarket.Crypto("C", Read.Utc("2023-01-01"), Read.Utc("2023-01-02")), Timeframe.M1)
            .Take(60)];
        var bad = Damaged(bars, out var good);
        static long Ms(Bar b) => (b.Time - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        if (format == "descending") bad.Reverse();
        var text = format switch
        {
            "json" => "[" + string.Join(',',
                bad.Select(b => FormattableString.Invariant($"[{Ms(b)},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}]"))) + "]",
            _ => "time,open,high,low,close,volume\n"
                + string.Concat(bad.Select(b =>
                    FormattableString.Invariant($"{b.OpenTime:yyyy-MM-dd HH:mm},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}\n"))),
        };
        var path = Path.Combine(_folder.Path, "bad" + extension);
        if (extension == ".zip")
        {
            using var zip = System.IO.Compression.ZipFile.Open(path, System.IO.Compression.ZipArchiveMode.Create);
            using var entry = new StreamWriter(zip.CreateEntry("bad.csv").Open());
            entry.Write(text);
        }
        else if (extension == ".csv.gz")
        {
            using var gzip = new StreamWriter(new System.IO.Compression.GZipStream(File.Create(path),
                System.IO.Compression.CompressionLevel.Fastest));
            gzip.Write(text);
        }
        else
        {
            File.WriteAllText(path, text);
        }
        var output = Path.Combine(_folder.Path, "good.csv");
        var result = await DataFix.RunAsync(path, new BarQuery("bad", Timeframe.M1), new BarFileOptions(), output);
        (result.Bars, result.Moved, result.Repeated, result.LeftOut).ShouldBe((59, 1, 1, 1));
        await using var repaired = await BarFile.OpenAsync(output, new BarQuery("bad", Timeframe.M1));
        Read.All(repaired).ShouldBe(good);
        File.ReadAllLines(result.Log).Length.ShouldBe(format == "descending" ? 4 : 3);
        if (format == "json") File.ReadAllText(result.Log).ShouldContain("record 41 low: the price is zero");
        // What the faults leave behind is reported once, and not as holes where rows were moved.
        var found = (await DataCheck.FileAsync(path, new BarQuery("bad", Timeframe.M1))).Findings;
        found.Count(f => f.Check == QualityCheck.Gap).ShouldBe(1);
        if (format == "json") found.ShouldContain(f => f.Place == "line 1, record 12 time" && f.Check == QualityCheck.Order);
    }

    [Fact]
    public async Task Rows_in_any_disorder_are_sorted_with_the_fewest_moves()
    {
        Bar[] bars = [.. MarketGenerator.Generate(SyntheticMarket.Crypto("C", Read.Utc("2023-01-01"), Read.Utc("2023-01-03")), Timeframe.M1)
            .Take(2000)];
        var shuffled = bars.ToArray();
        new Random(5).Shuffle(shuffled);
        var path = _folder.Write("shuffled.csv",
            "time,open,high,low,close,volume\n"
                + string.Concat(shuffled.Select(b =>
                    FormattableString.Invariant($"{b.OpenTime:yyyy-MM-dd HH:mm},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}\n"))));
        var output = Path.Combine(_folder.Path, "good.csv");
        (await DataFix.RunAsync(path, new BarQuery("C", Timeframe.M1), new BarFileOptions(), output)).Bars.ShouldBe(2000);
        await using (var repaired = await BarFile.OpenAsync(output, new BarQuery("C", Timeframe.M1))) Read.All(repaired).ShouldBe(bars);
        // one stretch of a hundred that stands at the wrong place
        path = _folder.Write("cut.csv",
            "time,open,high,low,close,volume\n"
                + string.Concat(bars[..500].Concat(bars[600..1900]).Concat(bars[500..600]).Concat(bars[1900..])
                    .Select(b =>
                        FormattableString.Invariant($"{b.OpenTime:yyyy-MM-dd HH:mm},{b.Open},{b.High},{b.Low},{b.Close},{b.Volume}\n"))));
        (await DataFix.RunAsync(path, new BarQuery("C", Timeframe.M1), new BarFileOptions(), output)).Moved.ShouldBe(100);
    }

    [Fact]
    public async Task A_repaired_file_keeps_its_adjusted_closes_and_is_never_the_file_itself()
    {
        var path = _folder.Write("y.csv",
            "Date,Open,High,Low,Close,Adj "
                + "Close,Volume\n2024-01-02,10,11,9,10,5,100\n2024-01-04,12,13,11,12,6,100\n2024-01-03,11,12,10,11,5.5,100\n");
        var output = Path.Combine(_folder.Path, "good.csv");
        var query = new BarQuery("y", Timeframe.D1);
        await DataFix.RunAsync(path, query, new BarFileOptions(), output);
        await using var repaired = await BarFile.OpenAsync(output, query);
        Read.All(repaired).Select(b => (b.OpenTime.Day, b.Close)).ShouldBe([(2, 5), (3, 5.5), (4, 6)]);
        (await Should.ThrowAsync<BarDataException>(() => DataFix.RunAsync(path, query, new BarFileOptions(),
            path))).Message.ShouldContain("name another file with --out");
    }

    [Fact]
    public async Task The_hour_that_a_wall_clock_shows_twice_tells_the_same_in_autumn()
    {
        // Berlin's wall clock: on 2023-10-29 the hour from 02:00 comes twice
        var rows = new List<string>();
        var price = 100.0;
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        for (var time = new DateTime(2023, 10, 20, 0, 0, 0, DateTimeKind.Utc); time < new DateTime(2023, 11, 5); time = time.AddMinutes(15),
            price += 0.01)
            rows.Add(FormattableString.Invariant(
                $"{TimeZoneInfo.ConvertTimeFromUtc(time, berlin):yyyy-MM-dd HH:mm},{price},{price},{price},{price},1"));
        var path = _folder.Write("autumn.csv", "time,open,high,low,close,volume\n" + string.Join('\n', rows) + "\n");
        var found = (await DataCheck.FileAsync(path,
            new BarQuery("autumn", Timeframe.M15))).Findings.Single(f => f.Check == QualityCheck.DaylightSaving);
        found.Sentence.ShouldBe("the hour from 2023-10-29 02:00, which clocks show twice in Europe/Berlin, is there twice, so the times "
            + "are not UTC but that zone's");
        found.Remedy.ShouldContain("--time-zone Europe/Berlin");
        (await DataCheck.FileAsync(path, new BarQuery("autumn", Timeframe.M15),
            new BarFileOptions { TimeZone = "Europe/Berlin" })).Findings.ShouldNotContain(f => f.Severity > Severity.Info);
    }

    [Fact]
    public async Task A_file_that_changes_to_longer_bars_is_reported_with_the_place()
    {
        var bars = MarketGenerator.Generate(SyntheticMarket.Crypto("C", Read.Utc("2023-01-01"), Read.Utc("2023-01-04")), Timeframe.M1)
            .Where((b, i) => i < 2000 || i % 5 == 0);
        var found = (await Check(bars, timeframe: Timeframe.M1)).Where(f => f.Check == QualityCheck.Granularity).ShouldHaveSingleItem();
        found.Place.ShouldBe("2023-01-02 09:20");
        found.Sentence.ShouldEndWith("are 5 min apart, not 1m");
    }

    [Fact]
    public async Task Holidays_and_half_days_are_no_holes_and_two_lost_days_are_one()
    {
        var (holiday, half) = (new DateOnly(2023, 7, 4), new DateOnly(2023, 7, 3));
        int Of(DateOnly d) => d == holiday ? 0 : d == half ? 14 : 26;
        var found = (await Check(Sessions(January, December, Of), Stocks)).Where(f => f.Check == QualityCheck.Gap).ToList();
        found.ShouldHaveSingleItem().Severity.ShouldBe(Severity.Info);
        (await Check(Sessions(January, December, d => d.Month == 3 && d.Day is 7 or 8 ? 0 : 26),
            Stocks)).ShouldContain(f => f.Check == QualityCheck.Gap && f.Severity == Severity.Warning
                && f.Sentence.Contains("bars are missing"));
        // The same without a calendar, by the market's habits: a Monday off, and a lost week.
        found = [.. (await Check(Sessions(January, December,
            d => d == new DateOnly(2023, 5, 29) ? 0 : 26))).Where(f => f.Check == QualityCheck.Gap)];
        found.ShouldHaveSingleItem().Severity.ShouldBe(Severity.Info);
        (await Check(Sessions(January, December,
            d => d > new DateOnly(2023, 5, 7) && d < new DateOnly(2023, 5, 13) ? 0 : 26))).ShouldContain(f => f.Check == QualityCheck.Gap
                && f.Severity == Severity.Warning && f.Sentence.StartsWith("130 bars are missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Days_on_which_a_market_never_trades_are_not_missed()
    {
        var random = new Random(3);
        // Currencies: Sundays have a short bar, Saturdays none.
        var days = Enumerable.Range(0, 400).Select(d => new DateTime(2020, 1, 5).AddDays(d)).Where(d => d.DayOfWeek != DayOfWeek.Saturday)
            .Select(d => new Bar(d.Ticks, 1, 1 + random.NextDouble() / 100, 1 - random.NextDouble() / 100,
                1 + (random.NextDouble() - 0.5) / 200, 1)).ToList();
        foreach (var (i, b) in days.Index().ToList()) days[i] = b with { High = Math.Max(b.High, b.Close), Low = Math.Min(b.Low, b.Close) };
        (await Check(days, timeframe: Timeframe.D1)).ShouldNotContain(f => f.Check == QualityCheck.Gap);
        days.RemoveRange(100, 3);
        (await Check(days, timeframe: Timeframe.D1)).ShouldContain(f => f.Check == QualityCheck.Gap
            && f.Sentence.StartsWith("3 bars are missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_price_is_one_finding_and_no_split_on_its_way_back_and_the_last_bar_is_judged_too()
    {
        var bars = MarketGenerator.Generate(SyntheticMarket.Crypto("C", Read.Utc("2023-01-01"), Read.Utc("2023-01-04")), Timeframe.M1)
            .ToList();
        bars[1000] = bars[1000] with { Close = bars[1000].Close * 1.5, High = bars[1000].High * 1.5 };
        (await Check(bars, timeframe: Timeframe.M1)).Where(f => f.Severity > Severity.Info)
            .ShouldHaveSingleItem().Check.ShouldBe(QualityCheck.Outlier);
        bars = MarketGenerator.Generate(SyntheticMarket.Crypto("C", Read.Utc("2023-01-01"), Read.Utc("2023-01-04")), Timeframe.M1).ToList();
        bars[^1] = bars[^1] with { Close = bars[^1].Close * 1.5, High = bars[^1].High * 1.5 };
        (await Check(bars, timeframe: Timeframe.M1)).ShouldContain(f => f.Check == QualityCheck.Outlier);
    }
}
