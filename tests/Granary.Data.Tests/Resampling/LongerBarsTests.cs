using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Engine.Market;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Data.Tests.Resampling;

/// <summary><c>data export</c> builds longer bars by the sessions of the market, and says what it decided.</summary>
public sealed class LongerBarsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Imports a file of tests/Data/sessions, and exports longer bars of it.
    private async Task<(IReadOnlyList<Bar> Bars, ExportResult Result)> Export(string file, string from, string to, string zone,
        SessionCalendar? session = null)
    {
        var symbol = Path.GetFileNameWithoutExtension(file);
        var store = Address.Parse(Path.Combine(_folder.Path, "store"));
        await ImportAsync(file, store, symbol, from, zone);
        await using var opened = TestCatalogues.Stores.Open(store);
        var result = await DataExport.RunAsync(opened, new BarQuery(symbol, Timeframe.Parse(to)), Path.Combine(_folder.Path, to + ".csv"),
            session, TestContext.Current.CancellationToken);
        return ([.. Read.Bars(result.Path, to)], result);
    }

    private static Task ImportAsync(string file, Address store, string symbol, string timeframe, string zone) =>
        BarImport.RunAsync(new ImportRequest([file], store, symbol, Timeframe.Parse(timeframe),
            new BarFileOptions { TimeZone = zone }), TestCatalogues.Stores, TestContext.Current.CancellationToken);

    private static string Sample(string name) => Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "sessions", name);

    [Fact]
    public async Task The_last_session_of_a_stock_is_a_day()
    {
        var (days, result) = await Export(Sample("SPY.csv"), "30m", "1d", "America/New_York");
        days.Count.ShouldBe(9);
        days[^1].ShouldBe(new Bar(Read.Utc("2024-01-12"), 80.7, 81.07, 80.27, 80.32, 16012));
        result.Notes.ShouldContain(n => n.Contains("America/New_York 09:30-16:00: longer bars are cut by the clock of UTC"));
        (await Export(Sample("SPY.csv"), "30m", "1w", "America/New_York")).Bars.Count.ShouldBe(2);
        // January is not over.
        var fault = await Should.ThrowAsync<BarDataException>(() => Export(Sample("SPY.csv"), "30m", "1mo", "America/New_York"));
        fault.Message.ShouldContain("do not finish one 1mo bar");
    }

    // Daily bars of the days that a rule names, of prices that rise by 1 a day.
    private string Days(string name, string from, string to, Func<DateTime, bool> trades)
    {
        var (first, last) = (Read.Utc(from), Read.Utc(to));
        return _folder.Write(name + ".csv", "time,open,high,low,close,volume\n" + string.Concat(Enumerable
            .Range(0, (int)((last - first) / TimeSpan.TicksPerDay) + 1).Select(d => new DateTime(first).AddDays(d)).Where(trades)
            .Select((d, i) => $"{d:yyyy-MM-dd},{100 + i},{101 + i},{99 + i},{100 + i},1\n")));
    }

    private static bool OnWeekdays(DateTime day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    // Friday the 29th of September 2023 ends a week and, before a weekend, a month.
    [Theory]
    [InlineData("2023-09-29", "1w", "2023-09-25")]
    [InlineData("2023-09-29", "1mo", "2023-09-01")]
    [InlineData("2023-09-28", "1w", "2023-09-18")]
    [InlineData("2023-09-28", "1mo", "2023-08-01")]
    public async Task Daily_bars_that_end_on_the_last_weekday_finish_their_week_and_month(string end, string to, string last)
    {
        var (bars, result) = await Export(Days("S", "2023-06-01", end, OnWeekdays), "1d", to, "UTC");
        bars[^1].Time.ShouldBe(Read.Utc(last));
        result.Notes.Any(n => n.Contains("is not finished")).ShouldBe(end == "2023-09-28");
        // A market that trades on Saturdays has not finished them.
        var (all, _) = await Export(Days("C", "2023-06-01", end, _ => true), "1d", to, "UTC");
        all[^1].Time.ShouldBe(Read.Utc(to == "1w" ? "2023-09-18" : "2023-08-01"));
    }

    [Fact]
    public async Task Sundays_of_currencies_and_of_markets_that_rest_on_Fridays_begin_the_week_after_them()
    {
        var fx = Days("EURUSD", "2023-06-01", "2023-09-29", d => d.DayOfWeek != DayOfWeek.Saturday);
        var (bars, result) = await Export(fx, "1d", "1w", "UTC");
        // Sunday the 24th to Friday the 29th.
        bars[^1].Time.ShouldBe(Read.Utc("2023-09-25"));
        (bars[^1].Close - bars[^1].Open, bars[^1].Volume).ShouldBe((5, 6));
        result.Notes.ShouldContain(n => n.Contains("a Sunday begins the week and the month of the day after it"));
        // Sunday the 30th of July begins the Monday of that month, and Sunday the 1st of October 2023 is not there yet.
        (await Export(fx, "1d", "1mo", "UTC")).Bars[^1].Time.ShouldBe(Read.Utc("2023-09-01"));
        var israel = Days("TA35", "2023-06-01", "2023-09-28", d => d.DayOfWeek is not (DayOfWeek.Friday or DayOfWeek.Saturday));
        var (weeks, _) = await Export(israel, "1d", "1w", "UTC");
        (weeks[^1].Time, weeks[^1].Close - weeks[^1].Open, weeks[^1].Volume).ShouldBe((Read.Utc("2023-09-25"), 4, 5));
    }

    [Fact]
    public async Task Days_of_Sydney_are_its_sessions_inferred_or_named()
    {
        var named = SessionCalendar.Daily("custom", "Australia/Sydney", TimeSpan.FromHours(10), TimeSpan.FromHours(16));
        foreach (var session in (SessionCalendar?[])[null, named])
        {
            var (days, result) = await Export(Sample("BHP.csv"), "1h", "1d", "Australia/Sydney", session);
            days.Count.ShouldBe(8);
            days[0].ShouldBe(new Bar(Read.Utc("2024-01-02"), 91, 111, 88, 101, 6105));
            result.Notes.Any(n => n.Contains("Australia/Sydney 10:00-16:00: longer bars are cut by these sessions"))
                .ShouldBe(session is null);
        }
    }

    [Fact]
    public async Task A_last_day_that_is_not_finished_is_left_out_and_named()
    {
        var file = _folder.Write("CUT.csv", string.Join('\n', File.ReadLines(Sample("SPY.csv")).SkipLast(1)) + "\n");
        var (days, result) = await Export(file, "30m", "1d", "America/New_York");
        days.Count.ShouldBe(8);
        result.Notes.ShouldContain("the last 1d bar, of 2024-01-12, is not finished where the bars end, and was left out");
    }
}
