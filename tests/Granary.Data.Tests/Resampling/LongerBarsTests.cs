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
