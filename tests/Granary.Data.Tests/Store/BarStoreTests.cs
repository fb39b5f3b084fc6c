using Granary.Data.BarFiles;
using Granary.Data.FolderStore;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Data.Stores;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Data.Tests.Store;

public sealed class BarStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Store => Path.Combine(_folder.Path, "store");

    private ImportResult Import(string file, string symbol = "X", string timeframe = "1d", BarFileOptions? options = null) =>
        BarImport.RunAsync(new ImportRequest([file], Address.Parse(Store), symbol, Timeframe.Parse(timeframe),
            options ?? new BarFileOptions()),
            TestCatalogues.Stores).GetAwaiter().GetResult()[0];

    private IBarSeries Open(string symbol = "X", string timeframe = "1d", bool adjust = true, long? from = null, long? to = null) =>
        new StoreBarSource(Store, adjust).OpenAsync(new BarQuery(symbol, Timeframe.Parse(timeframe), from, to)).AsTask().GetAwaiter()
            .GetResult();

    private string Minutes(string name, int count = 10_000)
    {
        var market = SyntheticMarket.Crypto("M", Read.Utc("2023-01-01"), Read.Utc("2023-03-01"));
        var path = Path.Combine(_folder.Path, name);
        BarCsvWriter.Write(path, Timeframe.M1, MarketGenerator.Generate(market, Timeframe.M1).Take(count));
        return path;
    }

    [Fact]
    public async Task What_was_imported_comes_back_bar_for_bar_with_the_same_hash_and_instrument()
    {
        var file = Minutes("m.csv");
        var result = Import(file, timeframe: "1m");
        (result.Read, result.Added, result.Total, result.Changed).ShouldBe((10_000, 10_000, 10_000, true));
        await using var fromText = Read.Open(file, "1m");
        await using var stored = Open(timeframe: "1m");
        stored.ContentHash.ShouldBe(fromText.ContentHash);
        stored.Instrument.PriceDecimals.ShouldBe(fromText.Instrument.PriceDecimals);
        var bars = Read.All(fromText);
        foreach (var size in new[] { 1, 1000, 1024, 4096 }) Read.All(stored, size).ShouldBe(bars);
    }

    [Fact]
    public async Task A_link_that_leads_out_of_a_confined_store_is_neither_listed_nor_read_nor_written()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs links, which Windows gives to administrators only");
        var file = Minutes("m.csv", 100);
        Import(file, "OUT", "1m");
        var inside = Directory.CreateDirectory(Path.Combine(_folder.Path, "data", "store")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(inside, "OUT"), Path.Combine(Store, "OUT"));
        Directory.CreateSymbolicLink(Path.Combine(inside, "NEW"), Directory.CreateDirectory(Path.Combine(_folder.Path, "new")).FullName);
        var place = new Place(inside, new Confinement(Path.Combine(_folder.Path, "data"), []));
        await using var store = TestCatalogues.Stores.Open(place.Address("."));
        (await store.ListAsync()).ShouldBeEmpty();
        foreach (var symbol in (string[])["OUT", "NEW"])
            (await Should.ThrowAsync<BarDataException>(() => BarImport.RunAsync(new ImportRequest([file], place.Address("."), symbol,
                Timeframe.M1, new BarFileOptions()), TestCatalogues.Stores))).Message.ShouldContain("a link leads out");
        await Should.ThrowAsync<BarDataException>(() => store.Source().OpenAsync(new BarQuery("OUT", Timeframe.M1)).AsTask());
        Directory.GetFileSystemEntries(Path.Combine(_folder.Path, "new")).ShouldBeEmpty();
        (await BarImport.RunAsync(new ImportRequest([file], place.Address("."), "IN", Timeframe.M1, new BarFileOptions()),
            TestCatalogues.Stores))[0].Total.ShouldBe(100);
    }

    [Fact]
    public void Importing_again_changes_nothing_not_even_the_files_date()
    {
        var file = Minutes("m.csv");
        Import(file, timeframe: "1m");
        var path = Directory.GetFiles(Store, "*.bars", SearchOption.AllDirectories).ShouldHaveSingleItem();
        var before = (File.GetLastWriteTimeUtc(path), Convert.ToHexString(File.ReadAllBytes(path)));
        var again = Import(file, timeframe: "1m");
        (again.Added, again.Replaced, again.Unchanged, again.Changed).ShouldBe((0, 0, 10_000, false));
        (File.GetLastWriteTimeUtc(path), Convert.ToHexString(File.ReadAllBytes(path))).ShouldBe(before);
        Directory.GetFiles(Store, ".*.tmp", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public void An_overlapping_import_merges_by_time_and_says_what_differed()
    {
        Import(_folder.Write("a.csv",
            "time,open,high,low,close,volume\n2020-01-02,1,2,1,2,5\n2020-01-03,2,3,2,3,5\n2020-01-06,3,4,3,4,5\n"));
        var result = Import(_folder.Write("b.csv",
            "time,open,high,low,close,volume\n2020-01-01,1,1,1,1,5\n2020-01-03,2,3,2,2.5,5\n2020-01-06,3,4,3,4,5\n2020-01-07,4,5,4,5,5\n"));
        (result.Added, result.Replaced, result.Unchanged, result.Total).ShouldBe((2, 1, 1, 5));
        result.Differences.ShouldBe([new BarDifference(Read.Utc("2020-01-03"), "close", 3, 2.5)]);
        Read.All(Open()).Select(b => (b.OpenTime.Day, b.Close)).ShouldBe([(1, 1), (2, 2), (3, 2.5), (6, 4), (7, 5)]);
        Open().Instrument.PriceDecimals.ShouldBe(1);
    }

    [Fact]
    public async Task A_range_is_the_same_bars_and_hash_as_the_same_range_of_the_text()
    {
        var file = Minutes("m.csv");
        Import(file, timeframe: "1m");
        foreach (var (from, to) in new[] { ("2023-01-02", "2023-01-05 12:34"), ("2022-01-01", "2023-01-01 00:01"),
            ("2023-01-03 18:15", "2030-01-01") })
        {
            await using var text = Read.Open(file, "1m", from: Read.Utc(from), to: Read.Utc(to));
            await using var stored = Open(timeframe: "1m", from: Read.Utc(from), to: Read.Utc(to));
            Read.All(stored).ShouldBe(Read.All(text));
            stored.ContentHash.ShouldBe(text.ContentHash);
        }
        Should.Throw<BarDataException>(() => Open(timeframe: "1m",
            from: Read.Utc("2030-01-01"))).Message.ShouldContain("there are no bars from 2030-01-01 00:00 on");
    }

    [Fact]
    public async Task The_adjusted_close_is_kept_so_that_the_store_gives_raw_and_adjusted_prices_as_the_file_does()
    {
        var file = SharedData.DailyWithAdjustedClose;
        Import(file, "ORCL").Notes.ShouldBeEmpty();
        foreach (var adjust in new[] { true, false })
        {
            await using var text = Read.Open(file, "1d", new BarFileOptions { Adjust = adjust });
            await using var stored = Open("ORCL", adjust: adjust);
            Read.All(stored).ShouldBe(Read.All(text));
            stored.ContentHash.ShouldBe(text.ContentHash);
            (stored.Instrument.PriceDecimals, stored.Instrument.DailyEquity).ShouldBe((text.Instrument.PriceDecimals, true));
        }
    }

    [Fact]
    public async Task Written_LEAN_files_keep_their_factors_and_days_are_imported_as_one_market()
    {
        var days = _folder.WriteZip("lean/equity/usa/daily/abc.zip",
            ("abc.csv", "20200102 00:00,800000,810000,790000,800000,50\n20200103 00:00,200000,210000,190000,200000,60\n"));
        _folder.Write("lean/equity/usa/factor_files/abc.csv", "20200102,1,0.25,80\n20501231,1,1,0\n");
        Import(days, "ABC").Total.ShouldBe(2);
        foreach (var adjust in new[] { true, false })
        {
            await using var text = Read.Open(days, "1d", new BarFileOptions { Adjust = adjust });
            await using var stored = Open("ABC", adjust: adjust);
            Read.All(stored)[0].Close.ShouldBe(adjust ? 20 : 80);
            stored.ContentHash.ShouldBe(text.ContentHash);
        }
        string[] minutes = [.. ((string[])["20200102", "20200103"]).Select(day =>
            _folder.WriteZip($"lean/equity/usa/minute/abc/{day}_trade.zip",
                ($"{day}_abc_minute_trade.csv",
                    "34200000,1000000,1010000,990000,1005000,50\n34260000,1000000,1010000,990000,1005000,50\n")))];
        var results = await BarImport.RunAsync(new ImportRequest(minutes, Address.Parse(Store), "ABC", Timeframe.M1, new BarFileOptions()),
            TestCatalogues.Stores);
        results.ShouldHaveSingleItem().File.ShouldEndWith("and 1 more");
        Open("ABC", "1m").Count.ShouldBe(4);
    }

    [SharedFact]
    public async Task LEAN_files_keep_their_factors_and_days_are_imported_as_one_market()
    {
        var apple = SharedData.Require("data/lean/equity/usa/daily/aapl.zip");
        Import(apple, "AAPL").Total.ShouldBe(5849);
        foreach (var adjust in new[] { true, false })
        {
            await using var text = Read.Open(apple, "1d", new BarFileOptions { Adjust = adjust });
            await using var stored = Open("AAPL", adjust: adjust);
            stored.ContentHash.ShouldBe(text.ContentHash);
        }
        var minutes = Directory.GetFiles(SharedData.Require("data/lean/equity/usa/minute/spy"), "201310*_trade.zip");
        var results = await BarImport.RunAsync(new ImportRequest(minutes, Address.Parse(Store), "SPY", Timeframe.M1, new BarFileOptions()),
            TestCatalogues.Stores);
        results.ShouldHaveSingleItem().File.ShouldEndWith($"and {minutes.Length - 1} more");
        Open("SPY", "1m").Instrument.Calendar.Name.ShouldBe("XNYS");
    }

    [Fact]
    public void Every_flipped_byte_of_a_bar_file_is_noticed_when_it_is_opened_or_read()
    {
        Import(Minutes("m.csv", 5000), timeframe: "1m");
        var path = Directory.GetFiles(Store, "*.bars", SearchOption.AllDirectories)[0];
        var good = File.ReadAllBytes(path);
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var bad = (byte[])good.Clone();
            bad[i < 150 ? random.Next(200) : random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bad);
            var fault = Should.Throw<BarDataException>(() => Read.All(Open(timeframe: "1m"))).Message;
            fault.ShouldContain(path);
            fault.ShouldEndWith("delete it and import its bars again");
        }
        foreach (var length in new[] { 0, 100, 5000, good.Length - 1 })
        {
            File.WriteAllBytes(path, good[..length]);
            Should.Throw<BarDataException>(() => Read.All(Open(timeframe: "1m"))).Message.ShouldContain("the bar file is damaged");
        }
        File.WriteAllBytes(path, [.. good, 0]);
        Should.Throw<BarDataException>(() => Read.All(Open(timeframe: "1m"))).Message.ShouldContain("longer than its header says");
        new BarStore(Store).List()[0].Fault.ShouldNotBeNull();
    }

    [Fact]
    public void A_bar_file_cut_off_while_it_is_read_is_a_sentence_and_not_the_end_of_the_process()
    {
        Import(Minutes("m.csv"), timeframe: "1m");
        var path = Directory.GetFiles(Store, "*.bars", SearchOption.AllDirectories)[0];
        var series = Open(timeframe: "1m");
        using (var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite)) file.SetLength(8192);
        Should.Throw<BarDataException>(() => Read.All(series)).Message.ShouldContain("it was cut off while it was read");
    }

    [Theory]
    [InlineData("BTC/USDT", "BTC%2FUSDT")]
    [InlineData("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd")]
    [InlineData("..", "%2E%2E")]
    [InlineData("CON", "%43ON")]
    [InlineData("nul.x", "%6Eul.x")]
    [InlineData("COM10", "COM10")]
    [InlineData("A.", "A%2E")]
    [InlineData("a';drop table granary_bar;--", "a%27%3Bdrop%20table%20granary_bar%3B--")]
    [InlineData("BRK.B", "BRK.B")]
    [InlineData("münze", "m%C3%BCnze")]
    public void A_symbol_never_becomes_a_path(string symbol, string folder)
    {
        Import(Minutes("m.csv", 10), symbol, "1m");
        Directory.GetDirectories(Store).Select(Path.GetFileName).ShouldBe([folder]);
        new BarStore(Store).List().Select(m => m.Symbol).ShouldBe([symbol]);
        Read.All(Open(symbol, "1m")).Count.ShouldBe(10);
    }

    [Fact]
    public void Symbols_without_a_name_are_refused()
    {
        var file = Minutes("m.csv", 10);
        foreach (var symbol in new[] { "", " ", "a\nb", "a\0", new string('x', 65) })
            Should.Throw<BarDataException>(() => Import(file, symbol, "1m")).Message.ShouldStartWith("symbol");
        Directory.Exists(Store).ShouldBeFalse();
    }

    [Fact]
    public void An_unknown_symbol_or_timeframe_names_what_there_is()
    {
        Import(Minutes("m.csv", 10), "BTCUSDT", "1m");
        Should.Throw<BarDataException>(() => Open("BTCUSTD", "1m")).Message.ShouldContain("did you mean BTCUSDT?");
        Should.Throw<BarDataException>(() => Open("BTCUSDT", "1h")).Message.ShouldContain("BTCUSDT has no 1h bars; use 1m");
        Should.Throw<BarDataException>(() =>
            new StoreBarSource(Path.Combine(_folder.Path, "none")).OpenAsync(new BarQuery("X", Timeframe.D1)).AsTask().GetAwaiter()
                .GetResult()).Message.ShouldContain("the store does not exist");
    }

    [Fact]
    public void A_bad_file_leaves_the_store_as_it_was()
    {
        Import(_folder.Write("a.csv", "time,open,high,low,close\n2020-01-02,1,2,1,2\n"));
        var path = Directory.GetFiles(Store, "*.bars", SearchOption.AllDirectories)[0];
        var before = File.ReadAllBytes(path);
        Should.Throw<BarDataException>(() => Import(_folder.Write("b.csv",
            "time,open,high,low,close\n2020-01-03,1,2,1,2\n2020-01-04,1,x,1,2\n"))).Message.ShouldContain("line 3, high: 'x' is not a "
                + "number");
        File.ReadAllBytes(path).ShouldBe(before);
    }

    [Fact]
    public void Concurrent_imports_of_one_market_lose_no_bars()
    {
        var files = Enumerable.Range(0, 8).Select(i => _folder.Write($"{i}.csv", $"time,open,high,low,close\n2020-01-{i + 10},1,2,1,2\n"))
            .ToList();
        Parallel.ForEach(files, f => Import(f));
        Read.All(Open()).Count.ShouldBe(8);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_a_fault_of_the_disk()
    {
        var blocked = _folder.Write("blocked", "a file where the store should be");
        Should.Throw<BarStoreException>(() => BarImport.RunAsync(new ImportRequest([Minutes("m.csv", 10)], Address.Parse(blocked), "X",
            Timeframe.M1,
            new BarFileOptions()), TestCatalogues.Stores).GetAwaiter().GetResult())
            .Message.ShouldContain("blocked");
    }

    [Fact]
    public void The_session_calendar_survives_the_store()
    {
        var market = SyntheticMarket.Stock("ACME", Read.Utc("2022-01-01"), Read.Utc("2022-02-01"));
        var csv = Path.Combine(_folder.Path, "acme.csv");
        BarCsvWriter.Write(csv, Timeframe.H1, MarketGenerator.Generate(market, Timeframe.H1));
        Import(csv, "ACME", "1h", new BarFileOptions { Template = market.Instrument });
        var calendar = Open("ACME", "1h").Instrument.Calendar;
        (calendar.Name, calendar.Zone.Id, calendar.Open).ShouldBe(("XNYS", "America/New_York", new TimeSpan(9, 30, 0)));
        calendar.Holidays.ShouldBe(market.Instrument.Calendar.Holidays);
    }

    [Fact]
    public async Task Bars_exported_and_imported_again_are_the_same()
    {
        Import(Minutes("m.csv"), timeframe: "1m");
        var csv = Path.Combine(_folder.Path, "out", "again.csv");
        await using var store = TestCatalogues.Stores.Open(Address.Parse(Store));
        var exported = await DataExport.RunAsync(store, new BarQuery("X", Timeframe.M1), csv);
        exported.Bars.ShouldBe(10_000);
        Import(csv, timeframe: "1m").Changed.ShouldBeFalse();
        Read.Open(csv, "1m").ContentHash.ShouldBe(exported.ContentHash);
    }

    [Fact]
    public async Task Longer_bars_than_the_store_has_are_exported_from_the_longest_that_divide_them()
    {
        Import(Minutes("m.csv"), timeframe: "1m");
        var minutes = Read.Bars(Path.Combine(_folder.Path, "m.csv"), "1m");
        await using var store = TestCatalogues.Stores.Open(Address.Parse(Store));
        async Task<ExportResult> Export(string timeframe) =>
            await DataExport.RunAsync(store, new BarQuery("X", Timeframe.Parse(timeframe)), Path.Combine(_folder.Path, timeframe + ".csv"));
        foreach (var timeframe in (string[])["10m", "2h"])
        {
            var ticks = Timeframe.Parse(timeframe).Ticks;
            var exported = await Export(timeframe);
            exported.BuiltFrom.ShouldBe(Timeframe.M1);
            // The last long bar is there only where its last minute is.
            var whole = minutes.GroupBy(b => b.Time / ticks)
                .Where(g => g.Key < minutes[^1].Time / ticks || (minutes[^1].Time + TimeSpan.TicksPerMinute) % ticks == 0);
            Read.Bars(exported.Path, timeframe).ShouldBe(whole.Select(g => new Bar(g.Key * ticks, g.First().Open, g.Max(b => b.High),
                g.Min(b => b.Low), g.Last().Close, g.Sum(b => b.Volume))));
        }
        Import(Path.Combine(_folder.Path, "2h.csv"), timeframe: "2h");
        (await Export("6h")).BuiltFrom.ShouldBe(Timeframe.H2);
        (await Export("15m")).BuiltFrom.ShouldBe(Timeframe.M1);
        File.Delete(Path.Combine(Store, "X", "1m.bars"));
        (await Should.ThrowAsync<BarDataException>(() => Export("15m"))).Message
            .ShouldEndWith("has 2h bars of X, of which no 15m bars can be built; name one of these or a multiple");
        File.Exists(Path.Combine(_folder.Path, "15m.csv")).ShouldBeTrue();
    }
}
