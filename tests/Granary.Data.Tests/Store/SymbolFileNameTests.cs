using Granary.Data.BarFiles;
using Granary.Data.Files;
using Granary.Data.FolderStore;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Data.Tests.Store;

/// <summary>Files and folders that are named after a symbol.</summary>
public sealed class SymbolFileNameTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_symbol_has_a_plain_name_of_its_own_that_leads_back_to_it()
    {
        var symbols = OddSymbols.Of(seed: 11, count: 2_000);
        var names = symbols.Select(SymbolFileName.Of).ToList();
        names.Distinct(StringComparer.Ordinal).Count().ShouldBe(symbols.Count);
        names.ShouldAllBe(n => n.All(c => char.IsAsciiLetterOrDigit(c) || c == '-' || c == '_' || c == '.' || c == '%')
            && !n.StartsWith('.') && !n.EndsWith('.'));
        names.Select(SymbolFileName.Symbol).ShouldBe(symbols);
    }

    [Fact]
    public async Task A_folder_of_text_files_has_the_symbols_that_they_are_named_after_and_their_bars()
    {
        var symbols = OddSymbols.Of(seed: 12, count: 200);
        var day = Read.Utc("2024-01-02");
        for (var i = 0; i < symbols.Count; i++)
            BarCsvWriter.Write(Path.Combine(_folder.Path, "bars", SymbolFileName.Of(symbols[i]) + ".csv"), Timeframe.D1,
                [new Bar(day, 100 + i, 100 + i, 100 + i, 100 + i, 1)]);

        Directory.GetFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Length.ShouldBe(symbols.Count + 1);
        var source = new CsvBarSource(Path.Combine(_folder.Path, "bars"));
        (await source.ListSymbolsAsync(Timeframe.D1)).ShouldBe(symbols.Order(StringComparer.Ordinal));
        for (var i = 0; i < symbols.Count; i++)
        {
            await using var series = await source.OpenAsync(new BarQuery(symbols[i], Timeframe.D1));
            Read.All(series).ShouldHaveSingleItem().Close.ShouldBe(100 + i);
        }
    }

    [Fact]
    public async Task An_import_takes_the_symbols_from_the_files_names_into_a_store()
    {
        // A name stops at its first point here, as files of downloads have more behind it.
        var symbols = OddSymbols.Of(seed: 13, count: 120).Where(s => !s.Contains('.')).ToList();
        var files = symbols.ConvertAll(s => Path.Combine(_folder.Path, SymbolFileName.Of(s) + ".csv"));
        files.ForEach(f => BarCsvWriter.Write(f, Timeframe.D1, [new Bar(Read.Utc("2024-01-02"), 1, 1, 1, 1, 1)]));
        files.Select(ImportFiles.SymbolOf).ShouldBe(symbols);

        var store = Path.Combine(_folder.Path, "store");
        foreach (var file in files)
            await BarImport.RunAsync(new ImportRequest([file], Address.Parse(store), ImportFiles.SymbolOf(file), Timeframe.D1,
                new BarFileOptions()),
                TestCatalogues.Stores);
        new BarStore(store).List().Select(m => m.Symbol).ShouldBe(symbols.Order(StringComparer.Ordinal));
        Directory.GetDirectories(store).Length.ShouldBe(symbols.Count);
    }

    [Fact]
    public void A_name_that_no_symbol_makes_stands_for_itself()
    {
        foreach (var name in new[] { "my bars", "100%", "a%2f", "%41BC", "^GSPC" })
        {
            SymbolFileName.Symbol(name).ShouldBeNull();
            CsvBarSource.SymbolOf($"/x/{name}.csv.gz").ShouldBe(name);
        }
    }
}
