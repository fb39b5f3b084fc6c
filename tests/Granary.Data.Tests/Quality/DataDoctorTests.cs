using Granary.Data.Quality;
using Granary.Data.Synthetic;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Quality;

/// <summary>Completeness of days, slips of daylight saving, and mending.</summary>
public sealed class DataDoctorTests : IDisposable
{
    private static readonly SessionCalendar Stocks = SessionCalendar.NewYork();
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<IReadOnlyList<Finding>> Check(IEnumerable<Bar> bars, SessionCalendar? calendar = null, Timeframe? timeframe = null) =>
        (await DataCheck.SeriesAsync(new MemoryBarSeries(new Instrument { Symbol = "S", Calendar = calendar ?? SessionCalendar.Continuous }, timeframe ?? Timeframe.M15, [.. bars], []))).Findings;

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
        (await Check(Sessions(January, December), Stocks)).ShouldNotContain(f => f.Check == QualityCheck.Completeness || f.Check == QualityCheck.DaylightSaving);
        var found = (await Check(Sessions(January, December, d => d == new DateOnly(2023, 3, 8) ? 5 : d == new DateOnly(2023, 11, 24) ? 14 : 26), Stocks)).Where(f => f.Check == QualityCheck.Completeness).ToList();
        found.Select(f => (f.Severity, f.Place, f.Sentence)).ShouldBe([
            (Severity.Warning, "2023-03-08", "the day has 5 of 26 bars (19.2 %)"), (Severity.Info, "2023-11-24", "the day has 14 of 26 bars (53.8 %)")]);
        found.ShouldAllBe(f => f.Remedy.Length > 0);
    }

    [Fact]
    public async Task Around_the_clock_a_day_is_measured_against_the_markets_usual_one()
    {
        var bars = MarketGenerator.Generate(SyntheticMarket.Crypto("C", Read.Utc("2023-01-01"), Read.Utc("2023-02-01")), Timeframe.M15).Where(b => b.OpenTime.Day != 10 || b.OpenTime.Hour < 6).ToList();
        var found = (await Check(bars)).Single(f => f.Check == QualityCheck.Completeness);
        (found.Place, found.Sentence).ShouldBe(("2023-01-10", "the day has 24 of 96 bars (25 %)"));
    }

    [Fact]
    public async Task Sessions_that_stay_at_winters_hour_in_summer_are_a_slip_of_daylight_saving()
    {
        // somebody took New York for five hours behind UTC all the year
        var slipped = Sessions(January, December, shift: t => Stocks.Zone.IsDaylightSavingTime(new DateTime(t, DateTimeKind.Utc)) ? t + TimeSpan.TicksPerHour : t);
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
        var bars = MarketGenerator.Generate(SyntheticMarket.Crypto("C", Read.Utc("2023-03-01"), Read.Utc("2023-04-20")), Timeframe.M15).Where(b => b.Time < Read.Utc("2023-03-26 02:00") || b.Time >= Read.Utc("2023-03-26 03:00")).ToList();
        var found = (await Check(bars)).Single(f => f.Check == QualityCheck.DaylightSaving);
        (found.Place, found.Sentence).ShouldBe(("2023-03-26 01:45", "the hour that clocks skip in Europe/Berlin is missing, so the times are not UTC but that zone's"));
        (await Check(bars.Where(b => b.Time < Read.Utc("2023-03-20")))).ShouldNotContain(f => f.Check == QualityCheck.DaylightSaving);
    }

    [Fact]
    public async Task Mending_puts_rows_in_order_leaves_repetitions_out_and_logs_each_and_nothing_else_changes()
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
        await using var mended = await BarFile.OpenAsync(output, query);
        Read.All(mended).Select(b => (b.OpenTime.Day, b.Close)).ShouldBe([(2, 10.5), (3, 11.5), (4, 12.5), (5, 13.5), (10, 15.5), (11, 16.5)]);
        var log = File.ReadAllText(result.Log);
        log.ShouldContain("line 4: its time is before that of the row above; it is put in its place");
        log.ShouldContain("the row of 2024-01-05 00:00:00 is there more than once with the same values; one is left out");
        log.ShouldContain("the row of 2024-01-04 00:00:00 is there with other values too (12 13 11 12.75 100); the first is kept");
        log.ShouldContain("line 7: ");
        log.ShouldContain("line 8: ");
        // what is good stays as it is
        (await DataFix.RunAsync(output, query, new BarFileOptions(), Path.Combine(_folder.Path, "again.csv"))).ShouldBe(new DataFixResult(Path.Combine(_folder.Path, "again.csv"), Path.Combine(_folder.Path, "again.csv.log"), 6, 0, 0, 0));
        File.ReadAllText(Path.Combine(_folder.Path, "again.csv")).ShouldBe(File.ReadAllText(output));
    }
}
