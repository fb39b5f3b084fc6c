using System.Globalization;
using Granary.Data.BarFiles;
using Granary.Data.Import;
using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Data.Replay;
using Granary.Data.Sources;
using Granary.Data.Stores;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Data.Tests.Reading;

/// <summary>Columns of a bar file beyond prices and volume: read by name, stored, exported and sent.</summary>
public sealed class FurtherColumnsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string File(string name, params string[] lines)
    {
        var path = Path.Combine(_folder.Path, name);
        System.IO.File.WriteAllText(path, string.Join('\n', lines) + "\n");
        return path;
    }

    private string Sample(string name = "X.csv", int from = 1, int count = 9, double oi = 100) => File(name,
        [.. Enumerable.Range(from, count).Select(d => string.Create(CultureInfo.InvariantCulture,
            $"2024-01-{d:00},10,11,9,10.5,5,{(d % 4 == 0 ? "" : -oi * d)},{d}e-2,text {d},{d % 2 == 0}"))
            .Prepend("date,open,high,low,close,volume,open_interest,funding,note,flag")]);

    private static BarQuery Query(params string[] columns) => new("X", Timeframe.D1) { Columns = columns };

    private static List<double> Column(IBarSeries series, string name, int block = 4) =>
        [.. Read.All(series, block).Select(b => b.Further?.Of(name) ?? double.NaN)];

    [Fact]
    public async Task A_csv_gives_its_columns_by_name_in_the_order_of_the_query_and_empty_fields_have_no_value()
    {
        var path = Sample();
        await using var series = await BarFile.OpenAsync(path, Query("funding", "open_interest"), null,
            TestContext.Current.CancellationToken);
        series.Columns.ShouldBe(["funding", "open_interest"]);
        Column(series, "open_interest").ShouldBe([-100, -200, -300, double.NaN, -500, -600, -700, double.NaN, -900]);
        Column(series, "funding", 1).ShouldBe(Enumerable.Range(1, 9).Select(d => d / 100.0));
        await using var plain = await BarFile.OpenAsync(path, Query(), null, TestContext.Current.CancellationToken);
        plain.ContentHash.ShouldNotBe(series.ContentHash);
        Read.All(plain).ShouldAllBe(b => b.Further == null);
        (await new CsvBarSource(_folder.Path).ListColumnsAsync(Query(), TestContext.Current.CancellationToken))
            .ShouldBe(["open_interest", "funding", "flag"]);
        await using var flags = await BarFile.OpenAsync(path, Query("flag"), null, TestContext.Current.CancellationToken);
        Column(flags, "flag").ShouldBe([0, 1, 0, 1, 0, 1, 0, 1, 0]);
    }

    [Theory]
    [InlineData("open_intrest", "has no column 'open_intrest'; did you mean 'open_interest'?")]
    [InlineData("note", "line 2, note: the column has texts such as 'text 1', and a factor needs numbers; name a column of numbers")]
    [InlineData("close", "line 1, close: the column is the close of the bars; use the factor of that name")]
    [InlineData("Funding", "has no column 'Funding'; did you mean 'funding'?")]
    public async Task A_column_that_is_none_of_numbers_is_one_sentence(string column, string sentence)
    {
        var path = Sample();
        var fault = await Should.ThrowAsync<BarDataException>(async () => await BarFile.OpenAsync(path, Query(column)));
        fault.Message.ShouldContain(sentence);
    }

    [Fact]
    public void A_wrong_field_far_down_names_its_line_and_column()
    {
        string[] rows = [.. Enumerable.Range(0, 20_000).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"{new DateTime(2024, 1, 1).AddMinutes(i):yyyy-MM-dd HH:mm:ss},1,1,1,1,1,{(i == 19_000 ? "abc" : "0.5")}"))];
        var path = File("far.csv", ["time,open,high,low,close,volume,score", .. rows]);
        var query = new BarQuery("X", Timeframe.M1) { Columns = ["score"] };
        Should.Throw<BarDataException>(() => BarFile.OpenAsync(path, query).AsTask().GetAwaiter().GetResult()).Message
            .ShouldContain("line 19002, score: 'abc' is not a number; correct the field, or leave it empty for no value");
    }

    [Fact]
    public async Task Files_from_newest_to_oldest_with_decimal_commas_or_beyond_the_memory_budget_give_the_same_columns()
    {
        var path = Sample();
        var lines = System.IO.File.ReadAllLines(path);
        var turned = File("turned.csv", [lines[0], .. lines.Skip(1).Reverse()]);
        var commas = File("commas.csv", [.. lines.Select(l => string.Join(';', l.Split(',').Select(f => f.Replace('.', ','))))]);
        await using var expected = await BarFile.OpenAsync(path, Query("open_interest"), null, TestContext.Current.CancellationToken);
        foreach (var (file, budget) in new[] { (turned, 1L << 20), (commas, 1L << 20), (path, 0) })
        {
            await using var series = await BarFile.OpenAsync(file, Query("open_interest"), new BarFileOptions { MemoryBudget = budget },
                TestContext.Current.CancellationToken);
            Column(series, "open_interest").ShouldBe(Column(expected, "open_interest"), file);
            series.ContentHash.ShouldBe(expected.ContentHash, file);
        }
    }

    [Fact]
    public async Task A_folder_keeps_them_an_import_again_changes_nothing_and_an_export_writes_them() =>
        await StoresAsync(Path.Combine(_folder.Path, "store"));

    [Fact]
    public async Task PostgreSQL_keeps_them_an_import_again_changes_nothing_and_an_export_writes_them()
    {
        var server = await PostgresServer.ShareAsync();
        var database = "test_" + Guid.NewGuid().ToString("N")[..12];
        await server.CreateDatabaseAsync(database);
        await StoresAsync(server.AddressOf(database) + "?timeout=5");
    }

    private async Task StoresAsync(string store)
    {
        async Task<ImportResult> Import(string file, params string[] further) => (await BarImport.RunAsync(
            new ImportRequest([file], Address.Parse(store), "X", Timeframe.D1, new BarFileOptions()) { Further = further },
            TestCatalogues.Stores))[0];
        async Task<IBarSeries> Open(params string[] columns) =>
            await TestCatalogues.Sources.Open(Address.Parse(store.Contains("://", StringComparison.Ordinal) ? store : "store:" + store))
                .OpenAsync(Query(columns));

        var first = Sample("a.csv", 1, 6);
        (await Import(first, "open_interest")).Added.ShouldBe(6);
        (await Import(first, "open_interest")).Changed.ShouldBeFalse();
        // Later days, and for the days before another column.
        (await Import(Sample("b.csv", 5, 5), "all")).ShouldSatisfyAllConditions(r => r.Added.ShouldBe(3), r => r.Replaced.ShouldBe(2));
        (await Import(Sample("b.csv", 5, 5), "all")).Changed.ShouldBeFalse();
        // Prices alone leave the columns of their bars.
        (await Import(first)).Changed.ShouldBeFalse();
        await using (var series = await Open("funding", "open_interest"))
        {
            Column(series, "open_interest").ShouldBe([-100, -200, -300, double.NaN, -500, -600, -700, double.NaN, -900]);
            Column(series, "funding").ShouldBe([double.NaN, double.NaN, double.NaN, double.NaN, 0.05, 0.06, 0.07, 0.08, 0.09]);
            await using var plain = await Open();
            await using var text = await BarFile.OpenAsync(Sample(), Query(), null, TestContext.Current.CancellationToken);
            plain.ContentHash.ShouldBe(text.ContentHash);
            plain.ContentHash.ShouldNotBe(series.ContentHash);
        }
        // Another value replaces.
        var replaced = await Import(Sample("c.csv", 2, 1, oi: 7), "open_interest");
        replaced.Differences.ShouldHaveSingleItem().ShouldBe(new BarDifference(Read.Utc("2024-01-02"), "open_interest", -200, -14));
        (await Should.ThrowAsync<BarDataException>(async () => await Open("fundin"))).Message.ShouldContain("did you mean 'funding'?");

        await using var opened = TestCatalogues.Stores.Open(Address.Parse(store));
        var exported = Path.Combine(_folder.Path, "out.csv");
        await DataExport.RunAsync(opened, new BarQuery("X", Timeframe.D1), exported);
        var lines = System.IO.File.ReadAllLines(exported);
        lines[0].ShouldBe("time,open,high,low,close,volume,open_interest,funding,flag");
        lines[1].ShouldBe("2024-01-01,10,11,9,10.5,5,-100,,");
        lines[8].ShouldBe("2024-01-08,10,11,9,10.5,5,,0.08,1");
        await using var back = await BarFile.OpenAsync(exported, Query("open_interest", "funding", "flag"), null,
            TestContext.Current.CancellationToken);
        await using var all = await Open("open_interest", "funding", "flag");
        back.ContentHash.ShouldBe(all.ContentHash);
    }

    [Fact]
    public async Task A_check_counts_bars_without_a_value_and_a_repaired_copy_keeps_the_columns()
    {
        var path = Sample();
        var lines = System.IO.File.ReadAllLines(path);
        var report = await DataCheck.FileAsync(path, Query(), new BarFileOptions());
        report.Findings.ShouldContain(f => f.Sentence == "the column has no value in 2 of 9 bars"
            && f.Place.EndsWith("open_interest", StringComparison.Ordinal));
        var mixed = File("mixed.csv", [lines[0], lines[3], .. lines.Skip(1)]);
        var fixedPath = Path.Combine(_folder.Path, "fixed.csv");
        // The texts do not say of which market a row is.
        var options = new BarFileOptions { Columns = new ColumnMapping { Symbol = "" } };
        await DataFix.RunAsync(mixed, Query(), options, fixedPath, TestContext.Current.CancellationToken);
        await using var repaired = await BarFile.OpenAsync(fixedPath, Query("open_interest"), null, TestContext.Current.CancellationToken);
        Column(repaired, "open_interest").ShouldBe([-100, -200, -300, double.NaN, -500, -600, -700, double.NaN, -900]);
    }

    [Fact]
    public async Task Messages_of_a_stream_and_a_replay_have_them_and_messages_without_them_have_the_bytes_of_version_1()
    {
        var path = Sample();
        await using var series = await BarFile.OpenAsync(path, Query("open_interest", "funding"), null,
            TestContext.Current.CancellationToken);
        var market = new MarketSeries(series.Instrument, Timeframe.D1);
        var memory = new BarMessageCodec.Memory();
        await foreach (var block in series.ReadAsync(4, TestContext.Current.CancellationToken))
        {
            var message = new BarMessage(FeedItemKind.Bars, Guid.NewGuid(), market, block, block.Time[^1]);
            foreach (var bytes in (byte[][])[BarMessageCodec.ToBytes(message, memory), BarMessageCodec.ToJson(message, memory)])
            {
                var read = BarMessageCodec.Read(bytes, new BarMessageCodec.Memory()).Bars!;
                for (var i = 0; i < block.Count; i++) read[i].ShouldBe(block[i]);
                for (var cut = 0; cut < bytes.Length; cut += 7)
                    Should.Throw<BarMessageException>(() => BarMessageCodec.Read(bytes.AsSpan(0, cut), new BarMessageCodec.Memory()));
            }
            var plain = BarMessageCodec.ToBytes(message with { Bars = block.With(null) }, memory);
            plain[2].ShouldBe((byte)1);
        }
        await using var replay = await BarReplay.OpenAsync(new CsvBarSource(_folder.Path), [Query("funding")],
            ReplaySpeed.AsFastAsPossible, TimeProvider.System, cancellationToken: TestContext.Current.CancellationToken);
        replay.Series[0].Columns.ShouldBe(["funding"]);
        var values = new List<double>();
        await foreach (var item in replay.ReadAsync(TestContext.Current.CancellationToken))
            if (item.Bars is { } bars) values.AddRange(bars.Further![0].ToArray());
        values.ShouldBe(Enumerable.Range(1, 9).Select(d => d / 100.0));
    }
}
