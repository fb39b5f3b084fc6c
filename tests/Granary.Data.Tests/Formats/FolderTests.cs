using Granary.Data.BarFiles;
using Granary.Data.FolderStore;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Storage.Addresses;

namespace Granary.Data.Tests.Formats;

/// <summary>Which symbols a folder has: by the names of its files, inside of them, and not in files that are none of bars.</summary>
public sealed class FolderTests : IDisposable
{
    private const string Two = "date,symbol,open,high,low,close\n2020-01-02,AAA,1,2,1,2\n2020-01-02,BBB,3,4,3,4\n2020-01-03,AAA,2,3,2,3\n"
        + "2020-01-03,BBB,4,5,4,5\n";
    private const string One = "date,open,high,low,close\n2020-01-02,1,2,1,2\n2020-01-03,1,2,1,2\n";
    private readonly TempFolder _folder = new(inMemory: true);

    private CsvBarSource Source => new(_folder.Path);

    public void Dispose() => _folder.Dispose();

    private static async Task<List<double>> Closes(CsvBarSource source, string symbol, string timeframe = "1d")
    {
        await using var series = await source.OpenAsync(new BarQuery(symbol, Timeframe.Parse(timeframe)));
        return [.. Read.All(series).Select(b => b.Close)];
    }

    private static async Task<string> Fault(CsvBarSource source, string symbol) =>
        (await Should.ThrowAsync<BarDataException>(async () => await source.OpenAsync(new BarQuery(symbol, Timeframe.D1)))).Message;

    [Fact]
    public async Task A_file_of_several_symbols_has_each_of_them()
    {
        _folder.Write("both.csv", Two);
        _folder.Write("CCC.csv", One);
        var source = Source;
        (await source.ListSymbolsAsync(Timeframe.D1)).ShouldBe(["AAA", "BBB", "CCC"]);
        (await Closes(source, "AAA")).ShouldBe([2.0, 3]);
        (await Closes(source, "BBB")).ShouldBe([4.0, 5]);
        (await Closes(Source, "BBB")).ShouldBe([4.0, 5]);
        (await source.OpenAsync(new BarQuery("AAA", Timeframe.D1))).Notes.ShouldContain("the file holds 2 symbols, of which AAA was read");
        (await Fault(Source, "both")).ShouldEndWith("both.csv, symbol: "
            + "the file holds 2 symbols (AAA, BBB) and none is 'both'; name one of them, or give "
            + "--columns \"symbol=\" if the rows are of one market");
        (await Fault(Source, "BBBB")).ShouldContain("there is no file for the symbol 'BBBB'; did you mean BBB?");
    }

    [Fact]
    public async Task A_symbol_in_two_files_is_refused_in_a_listing()
    {
        _folder.Write("both.csv", Two);
        _folder.Write("AAA.csv", One);
        (await Should.ThrowAsync<BarDataException>(async () => await Source.ListSymbolsAsync(Timeframe.D1))).Message
            .ShouldContain("the symbol 'AAA' is in AAA.csv too; keep one of the two files");
        // Who names it has the file of that name.
        (await Closes(Source, "AAA")).ShouldBe([2.0, 2]);
    }

    [Fact]
    public async Task A_file_that_changes_is_looked_at_again()
    {
        var path = _folder.Write("both.csv", Two);
        var source = Source;
        (await source.ListSymbolsAsync(Timeframe.D1)).ShouldBe(["AAA", "BBB"]);
        File.AppendAllText(path, "2020-01-03,DDD,4,5,4,5\n");
        (await source.ListSymbolsAsync(Timeframe.D1)).ShouldBe(["AAA", "BBB", "DDD"]);
        (await Closes(source, "DDD")).ShouldBe([5.0]);
    }

    [Fact]
    public async Task Files_that_are_none_of_bars_are_named_and_passed_over()
    {
        _folder.Write("AAA.csv", One);
        _folder.Write("readme.txt", "These files were made by hand, for a test.\nThey are small.\n");
        _folder.Write("trades.csv", "id,side,quantity\n1,buy,10\n");
        _folder.Write("settings.json", "{ \"exchange\": \"none\" }");
        _folder.Write("picture.csv", [1, 0, 2, 0, 0, 0, 0, 0, 4]);
        _folder.WriteZip("several.zip", ("a.csv", One), ("b.csv", One));
        var source = Source;
        (await source.ListSymbolsAsync(Timeframe.D1)).ShouldBe(["AAA"]);
        source.PassedOver.Count.ShouldBe(5);
        foreach (var file in (string[])["readme.txt", "trades.csv", "settings.json", "picture.csv", "several.zip"])
            source.PassedOver.ShouldContain(note => note.StartsWith($"{file} is not a bar file and was skipped: "));
        // By its name it is a fault.
        (await Fault(source, "trades")).ShouldContain("trades.csv, line 1: the header has no column for time, open");
    }

    [Fact]
    public async Task Files_of_another_timeframe_are_named_and_passed_over_where_others_fit()
    {
        const string Header = "time,open,high,low,close\n";
        static string Rows(int minutes) => string.Concat(Enumerable.Range(0, 20).Select(i =>
            $"{new DateTime(2024, 1, 2).AddMinutes(i * minutes):yyyy-MM-dd HH:mm},1,2,1,2\n"));
        _folder.Write("AAA.csv", Header + Rows(1440));
        _folder.Write("BBB.csv", Header + Rows(1));
        _folder.Write("CCC.csv", Header + Rows(1));
        _folder.Write("DDD.csv", Header + string.Join('\n', Rows(60).Split('\n').Reverse().Where(l => l.Length > 0)) + "\n");
        _folder.Write("EEE.csv", Header + "2024-01-02 00:00,1,2,1,2\n2024-01-02 00:01,1,2,1,2\n");
        var source = Source;
        // Two rows do not show a timeframe.
        (await source.ListSymbolsAsync(Timeframe.D1)).ShouldBe(["AAA", "EEE"]);
        source.PassedOver.ShouldBe(["BBB.csv, CCC.csv: have 1m bars, not 1d, and were skipped", "DDD.csv: has 1h bars, not 1d, and was skipped"]);
        (await source.ListSymbolsAsync(Timeframe.M1)).ShouldBe(["BBB", "CCC", "EEE"]);
        // By its name it is a fault.
        (await Fault(source, "BBB")).ShouldContain("name the true timeframe if these are not 1d bars");
    }

    [Fact]
    public async Task A_market_with_a_fault_or_without_a_byte_is_not_passed_over()
    {
        _folder.Write("AAA.csv", One);
        _folder.Write("BBB.csv", "date,open,high,low,close\n2020-01-02,1,2,one,2\n");
        var source = Source;
        (await source.ListSymbolsAsync(Timeframe.D1)).ShouldBe(["AAA", "BBB"]);
        (await Fault(source, "BBB")).ShouldContain("BBB.csv, line 2, low: 'one' is not a number");
        _folder.Write("CCC.csv", "");
        (await Should.ThrowAsync<BarDataException>(async () => await Source.ListSymbolsAsync(Timeframe.D1))).Message
            .ShouldContain("CCC.csv: the file is empty");
    }

    [Fact]
    public async Task A_timeframe_at_the_end_of_a_name_is_no_part_of_the_symbol()
    {
        var hours = "[" + string.Join(",", Enumerable.Range(0, 5).Select(h => $"[{1577836800000 + h * 3600000L},1,2,1,2,3]")) + "]";
        _folder.Write("BTC_USDT-1h.json", hours);
        _folder.Write("ETH_USDT_USDT-1h-futures.json", hours);
        _folder.Write("BTC_USDT-1d.json", "[[1577836800000,1,2,1,2,3],[1577923200000,1,2,1,2,3]]");
        (await Source.ListSymbolsAsync(Timeframe.H1)).ShouldBe(["BTC_USDT", "ETH_USDT_USDT"]);
        (await Source.ListSymbolsAsync(Timeframe.D1)).ShouldBe(["BTC_USDT"]);
        (await Closes(Source, "BTC_USDT", "1h")).Count.ShouldBe(5);
        (await Closes(Source, "BTC_USDT")).Count.ShouldBe(2);
        // The whole name is understood too.
        (await Closes(Source, "BTC_USDT-1d")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Each_symbol_of_a_file_is_imported_and_one_by_its_name()
    {
        var both = _folder.Write("in/both.csv", Two);
        var store = Address.Parse(Path.Combine(_folder.Path, "store"));
        ImportRequest Request(string symbol, IReadOnlyList<string> files) => new(files, store, symbol, Timeframe.D1, new BarFileOptions());
        var (results, faults) = await MarketsImport.RunAsync([both], new BarFileOptions(), Request, TestCatalogues.Stores);
        faults.ShouldBeEmpty();
        results.Select(r => (r.Symbol, r.Added)).ShouldBe([("AAA", 2L), ("BBB", 2)]);
        (await BarImport.RunAsync(Request("BBB", [both]), TestCatalogues.Stores)).ShouldHaveSingleItem().Changed.ShouldBeFalse();
        (await Should.ThrowAsync<BarDataException>(() => BarImport.RunAsync(Request("CCC", [both]), TestCatalogues.Stores))).Message
            .ShouldContain("the file holds 2 symbols (AAA, BBB) and none is 'CCC'");
        await using var stored = await new StoreBarSource(Path.Combine(_folder.Path, "store")).OpenAsync(new BarQuery("AAA", Timeframe.D1));
        Read.All(stored).Select(b => b.Close).ShouldBe([2, 3]);
    }

    [Fact]
    public async Task A_table_sorted_by_symbol_or_with_quotes_has_all_its_symbols()
    {
        _folder.Write("all.csv", "\"symbol\";\"date\";\"open\";\"high\";\"low\";\"close\"\n" + string.Concat(Enumerable.Range(0, 300)
            .SelectMany(s => Enumerable.Range(0, 50).Select(d =>
                $"\"S{s:000};X\";\"{new DateTime(2020, 1, 1).AddDays(d):yyyy-MM-dd}\";{s + 1};{s + 2};{s + 1};{s + 1.5}\n"))));
        var source = Source;
        var symbols = await source.ListSymbolsAsync(Timeframe.D1);
        symbols.Count.ShouldBe(300);
        foreach (var symbol in (string[])["S000;X", "S123;X", "S299;X"])
            (await Closes(source, symbol)).ShouldBe(Enumerable.Repeat(int.Parse(symbol[1..4]) + 1.5, 50));
    }
}
