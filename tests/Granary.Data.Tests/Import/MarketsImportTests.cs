using System.Globalization;
using System.Text;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Tests.Import;

public sealed class MarketsImportTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Write(string name, int firstDay, int days)
    {
        var text = new StringBuilder("Date,Open,High,Low,Close,Volume\n");
        for (var day = firstDay; day < firstDay + days; day++)
        {
            var price = 100 + day % 7;
            text.Append(CultureInfo.InvariantCulture,
                $"{new DateTime(2024, 1, 1).AddDays(day):yyyy-MM-dd},{price},{price + 2},{price - 2},{price + 1},1000\n");
        }
        return _folder.Write(name, text.ToString());
    }

    private Task<(IReadOnlyList<Stores.ImportResult> Results, IReadOnlyList<string> Faults)> ImportAsync(params string[] named) =>
        MarketsImport.RunAsync(ImportFiles.Find(named), new BarFileOptions(), (symbol, files) =>
            new ImportRequest(files, Address.Parse(Path.Combine(_folder.Path, "store")), symbol, Timeframe.D1, new BarFileOptions()),
            TestCatalogues.Stores, cancellationToken: TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("BTCUSDT.csv", "BTCUSDT")]
    [InlineData("bars/BTCUSDT-1m-2024-01.csv.gz", "BTCUSDT")]
    [InlineData("BTC-USDT_1h_2024.csv", "BTC-USDT")]
    [InlineData("ETHUSDT-1d-2024-01-31.zip", "ETHUSDT")]
    [InlineData("EURUSD-4h.csv", "EURUSD")]
    [InlineData("BTC_USDT-1mo.json", "BTC_USDT")]
    [InlineData("BTC_USDT-1h-futures.json", "BTC_USDT")]
    [InlineData("brk-b.us.txt", "brk-b")]
    [InlineData("2024-01.csv", "2024-01")]
    public void The_symbol_is_in_the_name(string file, string symbol) => ImportFiles.SymbolOf(file).ShouldBe(symbol);

    [Theory]
    [InlineData("1m", "most rows are 1 d apart, and they were stored as bars of 1m; if they are bars of 1d, import them with that "
        + "timeframe")]
    [InlineData("1h", "most rows are 1 d apart, and they were stored as bars of 1h; if they are bars of 1d, import them with that "
        + "timeframe")]
    [InlineData("1d", null)]
    public async Task Rows_at_other_steps_than_the_named_timeframe_are_said(string timeframe, string? note)
    {
        var file = Write("AAA.csv", 0, 30);
        var request = new ImportRequest([file], Address.Parse(Path.Combine(_folder.Path, timeframe)), "AAA", Timeframe.Parse(timeframe),
            new BarFileOptions { Stamp = BarStamp.Open });
        var results = await BarImport.RunAsync(request, TestCatalogues.Stores, TestContext.Current.CancellationToken);
        results[0].Notes.Where(n => n.Contains("apart", StringComparison.Ordinal)).ShouldBe(note is null ? [] : [note]);
    }

    [Fact]
    public async Task The_files_of_a_folder_are_imported_each_into_the_market_that_it_names_and_twice_changes_nothing()
    {
        Write("bars/AAA.csv", 0, 30);
        Write("bars/BBB-1d-2024-01.csv", 0, 31);
        Write("bars/BBB-1d-2024-02.csv", 31, 29);
        Write("bars/.hidden.csv", 0, 5);
        var bars = Path.Combine(_folder.Path, "bars");
        var first = await ImportAsync(bars);
        first.Faults.ShouldBeEmpty();
        first.Results.Select(r => (r.Symbol, r.Added, r.Total)).ShouldBe([("AAA", 30L, 30L), ("BBB", 31, 31), ("BBB", 29, 60)]);
        (await ImportAsync(Path.Combine(bars, "BBB*.csv"))).Results.Select(r => (r.Symbol, r.Added, r.Unchanged))
            .ShouldBe([("BBB", 0L, 31L), ("BBB", 0, 29)]);
    }

    [Fact]
    public async Task A_file_that_is_no_bars_is_named_and_the_other_markets_are_imported()
    {
        Write("bars/AAA.csv", 0, 30);
        var bad = _folder.Write("bars/BBB.csv", "Date,Open,High,Low,Close,Volume\n2024-01-01,1,2,three,1,5\n");
        Write("bars/CCC.csv", 0, 10);
        var (results, faults) = await ImportAsync(Path.Combine(_folder.Path, "bars"));
        results.Select(r => r.Symbol).ShouldBe(["AAA", "CCC"]);
        faults.ShouldHaveSingleItem().ShouldContain(bad);
        Should.Throw<BarDataException>(() => ImportFiles.Find([Path.Combine(_folder.Path, "bars", "*.zip")])).Message
            .ShouldContain("*.zip: there is no such file");
    }
}
