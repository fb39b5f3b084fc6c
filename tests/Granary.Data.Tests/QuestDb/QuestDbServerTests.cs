using System.Text;
using Granary.Data.BarFiles;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Data.Stores;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.QuestDb;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Data.Tests.QuestDb;

/// <summary>
/// A real QuestDB, named by GRANARY_TEST_QUESTDB as questdb://HOST:HTTP_PORT?pg=PORT[&amp;ilp=tcp:PORT]. Each test has tables of its own.
/// </summary>
public sealed class QuestDbServerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _prefix = "t" + Guid.NewGuid().ToString("N")[..10];

    public void Dispose() => _folder.Dispose();

    private static string Server => QuestDbFactAttribute.Server!;

    private string Store => $"{Server}{(Server.Contains('?') ? "&" : "?")}table={_prefix}_{{timeframe}}";

    private async Task<ImportResult> Import(string file, string symbol = "X", string timeframe = "1d", string? store = null) =>
        (await BarImport.RunAsync(new ImportRequest([file], Address.Parse(store ?? Store), symbol, Timeframe.Parse(timeframe),
            new BarFileOptions()),
            TestCatalogues.Stores))[0];

    private string Minutes(int count)
    {
        var path = Path.Combine(_folder.Path, $"m{count}.csv");
        BarCsvWriter.Write(path, Timeframe.M1,
            MarketGenerator.Generate(SyntheticMarket.Crypto("M", Read.Utc("2023-01-01"), Read.Utc("2023-03-01")), Timeframe.M1)
                .Take(count));
        return path;
    }

    [QuestDbFact]
    public async Task What_was_imported_comes_back_with_the_same_hash_and_importing_again_changes_nothing()
    {
        var file = Minutes(20_000);
        var symbol = "BTC/USDT '1' =," + _prefix;
        var result = await Import(file, symbol, "1m");
        (result.Added, result.Total).ShouldBe((20_000, 20_000));
        await using var text = Read.Open(file, "1m");
        await using var stored = await TestCatalogues.Sources.Open(Address.Parse(Store)).OpenAsync(new BarQuery(symbol, Timeframe.M1));
        stored.ContentHash.ShouldBe(text.ContentHash);
        stored.Instrument.PriceDecimals.ShouldBe(text.Instrument.PriceDecimals);
        foreach (var size in new[] { 1000, 4096 }) Read.All(stored, size).ShouldBe(Read.All(text));
        var again = await Import(file, symbol, "1m");
        (again.Added, again.Replaced, again.Unchanged, again.Total).ShouldBe((0, 0, 20_000, 20_000));
        await Import(Minutes(100), "SECOND", "1m");
        await using var store = TestCatalogues.Stores.Open(Address.Parse(Store));
        (await store.ListAsync()).Select(m => (m.Symbol, m.Count)).ShouldBe([(symbol, 20_000), ("SECOND", 100)]);
    }

    [QuestDbFact]
    public async Task An_overlapping_import_merges_by_time_and_says_what_differed()
    {
        await Import(_folder.Write("a.csv",
            "time,open,high,low,close,volume\n2020-01-02,1,2,1,2,5\n2020-01-03,2,3,2,3,5\n2020-01-06,3,4,3,4,5\n"));
        var result = await Import(_folder.Write("b.csv",
            "time,open,high,low,close,volume\n2020-01-01,1,1,1,1,5\n2020-01-03,2,3,2,2.5,5\n2020-01-06,3,4,3,4,5\n2020-01-07,4,5,4,5,5\n"));
        (result.Added, result.Replaced, result.Unchanged, result.Total).ShouldBe((2, 1, 1, 5));
        result.Differences.ShouldBe([new BarDifference(Read.Utc("2020-01-03"), "close", 3, 2.5)]);
        await using var series = await TestCatalogues.Sources.Open(Address.Parse(Store)).OpenAsync(new BarQuery("X", Timeframe.D1));
        Read.All(series).Select(b => (b.OpenTime.Day, b.Close)).ShouldBe([(1, 1), (2, 2), (3, 2.5), (6, 4), (7, 5)]);
    }

    [QuestDbFact]
    public async Task Adjusted_prices_and_ranges_come_back_as_from_the_text()
    {
        var file = SharedData.DailyWithAdjustedClose;
        await Import(file);
        foreach (var adjust in new[] { true, false })
        {
            var (from, to) = (Read.Utc("2011-01-01"), Read.Utc("2013-06-01"));
            await using var text =
                await BarFile.OpenAsync(file, new BarQuery("X", Timeframe.D1, from, to), new BarFileOptions { Adjust = adjust });
            await using var stored = await TestCatalogues.Sources.Open(Address.Parse(Store), new BarFileOptions { Adjust = adjust })
                .OpenAsync(new BarQuery("X", Timeframe.D1, from, to));
            (stored.Count, stored.ContentHash).ShouldBe((text.Count, text.ContentHash));
        }
    }

    [QuestDbFact]
    public async Task A_table_for_each_symbol_is_read()
    {
        await using (var sender = IlpSender.Open(QuestDbAddress.Of(Address.Parse(Store))))
        {
            await sender.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 50)
                .Select(i =>
                    $"{_prefix}_ETH_1h open={i + 1},high={i + 2},low={i + 0.5},close={i + 1.25},volume=7 "
                        + $"{1_600_000_000_000_000_000L + i * 3_600_000_000_000L}\n"))), default);
        }
        var each = $"{Server}{(Server.Contains('?') ? "&" : "?")}table={_prefix}_{{symbol}}_{{timeframe}}";
        var source = TestCatalogues.Sources.Open(Address.Parse(each));
        await Eventually.HoldsAsync(async () => (await source.ListSymbolsAsync(Timeframe.H1)).Contains("ETH"));
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                await using var probe = await source.OpenAsync(new BarQuery("ETH", Timeframe.H1));
                return probe.Count == 50;
            }
            catch (BarDataException)
            {
                return false; // not there yet
            }
        });
        (await source.ListSymbolsAsync(Timeframe.H1)).ShouldBe(["ETH"]);
        await using var series = await source.OpenAsync(new BarQuery("ETH", Timeframe.H1));
        series.Count.ShouldBe(50);
        series.Instrument.PriceDecimals.ShouldBe(2);
        Read.All(series)[3].Close.ShouldBe(4.25);
        (await Should.ThrowAsync<BarDataException>(() => Import(Minutes(10), "ETH", "1m", each))).Message.ShouldContain("are read only");
    }

    [QuestDbFact]
    public async Task Missing_tables_symbols_and_servers_are_sentences()
    {
        _ = Server; // skips here, not where an exception is waited for
        (await Should.ThrowAsync<BarDataException>(async () => await TestCatalogues.Sources.Open(Address.Parse(Store))
            .OpenAsync(new BarQuery("A", Timeframe.H4)))).Message.ShouldContain($"there is no table '{_prefix}_4h'");
        await Import(Minutes(10), "ALPHA", "1m");
        (await Should.ThrowAsync<BarDataException>(async () => await TestCatalogues.Sources.Open(Address.Parse(Store))
            .OpenAsync(new BarQuery("ALPHB", Timeframe.M1)))).Message.ShouldEndWith("has no symbol 'ALPHB'; did you mean ALPHA?");
        (await Should.ThrowAsync<BarStoreException>(async () => await TestCatalogues.Sources.Open(Address
            .Parse("questdb://127.0.0.1?pg=1&timeout=3"))
            .ListSymbolsAsync(Timeframe.D1))).Message.ShouldContain("port 1 of PostgreSQL's wire cannot be reached");
        var wrong = Server.Replace("questdb://", "questdb://admin:wrong@", StringComparison.Ordinal);
        (await Should.ThrowAsync<BarDataException>(async () => await TestCatalogues.Sources.Open(Address.Parse(wrong))
            .ListSymbolsAsync(Timeframe.D1))).Message.ShouldContain("refuses the user or the password");
    }
}
