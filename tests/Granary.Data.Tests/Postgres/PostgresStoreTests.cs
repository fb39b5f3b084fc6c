using System.Diagnostics;
using Granary.Data.BarFiles;
using Granary.Data.Import;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Data.Stores;
using Granary.Data.Synthetic;
using Granary.Engine.Market;
using Granary.Postgres.Bars;
using Granary.Storage.Addresses;
using Granary.Testing;

namespace Granary.Data.Tests.Postgres;

/// <summary>The store on a real server.</summary>
public sealed class PostgresStoreTests : IAsyncLifetime
{
    private TempFolder _folder = null!;
    private PostgresServer _server = null!;
    private string _store = null!;
    private string _database = null!;

    public async ValueTask InitializeAsync()
    {
        // It skips where there is no server, and what it skips is not disposed of.
        _server = await PostgresServer.ShareAsync();
        _folder = new TempFolder();
        _database = "test_" + Guid.NewGuid().ToString("N")[..12];
        await _server.CreateDatabaseAsync(_database);
        _store = _server.AddressOf(_database) + "?timeout=5";
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<ImportResult> Import(string file, string symbol = "X", string timeframe = "1d", string? store = null) =>
        (await BarImport.RunAsync(new ImportRequest([file], Address.Parse(store ?? _store), symbol, Timeframe.Parse(timeframe),
            new BarFileOptions()),
            TestCatalogues.Stores))[0];

    private Task<IBarSeries> Open(string symbol = "X", string timeframe = "1d", bool adjust = true, long? from = null, long? to = null) =>
        TestCatalogues.Sources.Open(Address.Parse(_store), new BarFileOptions { Adjust = adjust })
            .OpenAsync(new BarQuery(symbol, Timeframe.Parse(timeframe), from, to)).AsTask();

    private string Minutes(int count = 10_000)
    {
        var path = Path.Combine(_folder.Path, $"m{count}.csv");
        BarCsvWriter.Write(path, Timeframe.M1,
            MarketGenerator.Generate(SyntheticMarket.Crypto("M", Read.Utc("2023-01-01"), Read.Utc("2023-12-31")), Timeframe.M1)
                .Take(count));
        return path;
    }

    [Fact]
    public async Task What_was_imported_comes_back_bar_for_bar_with_the_same_hash_and_instrument()
    {
        var file = Minutes();
        var result = await Import(file, timeframe: "1m");
        (result.Read, result.Added, result.Total).ShouldBe((10_000, 10_000, 10_000));
        await using var text = Read.Open(file, "1m");
        await using var stored = await Open(timeframe: "1m");
        stored.ContentHash.ShouldBe(text.ContentHash);
        stored.Instrument.PriceDecimals.ShouldBe(text.Instrument.PriceDecimals);
        var bars = Read.All(text);
        foreach (var size in new[] { 1, 1000, 4096 }) Read.All(stored, size).ShouldBe(bars);
    }

    [Fact]
    public async Task Importing_again_changes_nothing()
    {
        var file = Minutes();
        await Import(file, timeframe: "1m");
        var before = await _server.SqlAsync(_database,
            "SELECT count(*), max(xmin::text) FROM bars.granary_bar; SELECT changed FROM bars.granary_market");
        var again = await Import(file, timeframe: "1m");
        (again.Added, again.Replaced, again.Unchanged).ShouldBe((0, 0, 10_000));
        (await _server.SqlAsync(_database,
            "SELECT count(*), max(xmin::text) FROM bars.granary_bar; SELECT changed FROM bars.granary_market")).ShouldBe(before);
    }

    [Fact]
    public async Task An_overlapping_import_merges_by_time_and_says_what_differed()
    {
        await Import(_folder.Write("a.csv",
            "time,open,high,low,close,volume\n2020-01-02,1,2,1,2,5\n2020-01-03,2,3,2,3,5\n2020-01-06,3,4,3,4,5\n"));
        var result = await Import(_folder.Write("b.csv",
            "time,open,high,low,close,volume\n2020-01-01,1,1,1,1,5\n2020-01-03,2,3,2,2.5,5\n2020-01-06,3,4,3,4,5\n2020-01-07,4,5,4,5,5\n"));
        (result.Added, result.Replaced, result.Unchanged, result.Total).ShouldBe((2, 1, 1, 5));
        result.Differences.ShouldBe([new BarDifference(Read.Utc("2020-01-03"), "close", 3, 2.5)]);
        await using var series = await Open();
        Read.All(series).Select(b => (b.OpenTime.Day, b.Close)).ShouldBe([(1, 1), (2, 2), (3, 2.5), (6, 4), (7, 5)]);
        series.Instrument.PriceDecimals.ShouldBe(1);
        // the same merge into a folder has the same hash
        var folder = Path.Combine(_folder.Path, "store");
        foreach (var name in new[] { "a.csv", "b.csv" }) await Import(Path.Combine(_folder.Path, name), store: folder);
        await using var files = await TestCatalogues.Sources.Open(Address.Parse("store:" + folder)).OpenAsync(new BarQuery("X",
            Timeframe.D1));
        series.ContentHash.ShouldBe(files.ContentHash);
    }

    [Fact]
    public async Task Raw_and_adjusted_prices_both_come_back_and_a_range_is_the_same_range_of_the_text()
    {
        var file = SharedData.DailyWithAdjustedClose;
        await Import(file);
        foreach (var adjust in new[] { true, false })
        {
            var options = new BarFileOptions { Adjust = adjust };
            await using var text = await BarFile.OpenAsync(file, new BarQuery("X", Timeframe.D1), options);
            for (var again = 0; again < 2; again++) // the second time the hash is the one that the first reader kept
            {
                await using var stored = await Open(adjust: adjust);
                stored.ContentHash.ShouldBe(text.ContentHash);
                Read.All(stored).ShouldBe(Read.All(text));
            }
            var (from, to) = (Read.Utc("2011-01-01"), Read.Utc("2013-06-01"));
            await using var some = await BarFile.OpenAsync(file, new BarQuery("X", Timeframe.D1, from, to), options);
            await using var range = await Open(adjust: adjust, from: from, to: to);
            (range.Count, range.ContentHash).ShouldBe((some.Count, some.ContentHash));
        }
    }

    [Fact]
    public async Task Datasets_lie_side_by_side()
    {
        var file = Minutes(100);
        await Import(file, "A", "1m");
        await Import(file, "B", "1m", _store + "&dataset=other one");
        await using var main = (PostgresBarStore)TestCatalogues.Stores.Open(Address.Parse(_store));
        (await main.ListAsync()).Select(m => (m.Symbol, m.Count)).ShouldBe([("A", 100)]);
        (await TestCatalogues.Sources.Open(Address.Parse(_store + "&dataset=other one")).ListSymbolsAsync(Timeframe.M1)).ShouldBe(["B"]);
        (await _server.SqlAsync(_database, "SELECT number FROM bars.granary_migration ORDER BY 1")).Trim().ShouldBe("1\n2\n3");
    }

    [Theory]
    [InlineData("BTC/USDT")]
    [InlineData("x'; DROP TABLE granary_bar; --")]
    [InlineData("..")]
    [InlineData("Ωμέγα \"q\"")]
    public async Task A_symbol_from_outside_is_only_ever_a_value(string symbol)
    {
        await Import(Minutes(50), symbol, "1m");
        await using var series = await Open(symbol, "1m", from: Read.Utc("2023-01-01"), to: Read.Utc("2023-01-02"));
        series.Count.ShouldBe(50);
        (await TestCatalogues.Sources.Open(Address.Parse(_store)).ListSymbolsAsync(Timeframe.M1)).ShouldBe([symbol]);
    }

    [Fact]
    public async Task Imports_of_one_market_at_once_lose_nothing()
    {
        var files = Enumerable.Range(0, 4)
            .Select(k => _folder.Write($"p{k}.csv",
                "time,open,high,low,close,volume\n"
                    + string.Concat(Enumerable.Range(0, 50)
                        .Select(i => FormattableString.Invariant(
                            $"{new DateTime(2020, 1, 1).AddDays(4 * i + k):yyyy-MM-dd},1,1,1,1,1\n"))))).ToList();
        await Import(files[0]);
        await Task.WhenAll(files.Select(f => Import(f)));
        await using var series = await Open();
        series.Count.ShouldBe(200);
    }

    private static Task UntilAsync(PostgresServer server, string counts) =>
        Eventually.IsAsync(() => server.SqlAsync("postgres", counts), count => count.Trim() != "0");

    [Fact]
    public async Task A_server_that_crashes_in_the_middle_of_an_import_gets_all_of_it_once_when_it_is_back()
    {
        await using var server = await PostgresServer.StartAsync();
        var store = server.AddressOf("postgres") + "?timeout=5";
        await Import(Minutes(100), "FIRST", "1m", store);
        var file = Minutes(300_000);
        // held at its 150,000th bar by a lock that ends with the server
        await server.SqlAsync("postgres", """
            CREATE SEQUENCE arrived;
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
              BEGIN IF nextval('public.arrived') = 150000 THEN PERFORM pg_advisory_xact_lock(7); END IF; RETURN NEW; END $$;
            CREATE TRIGGER hold BEFORE INSERT ON bars.granary_bar FOR EACH ROW EXECUTE FUNCTION hold();
            """);
        var holds = server.SqlAsync("postgres", "SELECT pg_advisory_lock(7); SELECT pg_sleep(600)");
        await UntilAsync(server, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted");
        var import = Import(file, "BIG", "1m", store);
        await UntilAsync(server, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
        import.IsCompleted.ShouldBeFalse();
        await server.CrashAsync();
        await Should.ThrowAsync<Exception>(() => holds);
        await server.StartServerAsync();
        var result = await import;
        (result.Added, result.Total).ShouldBe((300_000, 300_000));
        (await server.SqlAsync("postgres",
            "SELECT count(*), count(DISTINCT time) FROM bars.granary_bar WHERE market = (SELECT id FROM bars.granary_market WHERE symbol = "
                + "'BIG')")).Trim().ShouldBe("300000|300000");
        await using var text = Read.Open(file, "1m");
        await using var source = new PostgresBarSource(PostgresAddress.Of(Address.Parse(store)));
        await using var stored = await source.OpenAsync(new BarQuery("BIG", Timeframe.M1));
        stored.ContentHash.ShouldBe(text.ContentHash);
        // and in the middle of a reading
        var bars = new List<Bar>();
        var crashed = false;
        await foreach (var block in stored.ReadAsync(1000))
        {
            for (var i = 0; i < block.Count; i++) bars.Add(block[i]);
            if (crashed || bars.Count < 50_000) continue;
            crashed = true;
            await server.CrashAsync();
            await server.StartServerAsync();
        }
        bars.ShouldBe(Read.All(text));
    }

    [Fact]
    public async Task The_timeout_of_a_server_that_goes_away_during_a_read_begins_when_it_goes_and_ends_with_a_sentence()
    {
        await using var server = await PostgresServer.StartAsync();
        var store = server.AddressOf("postgres") + "?timeout=5";
        // More than the connection holds by itself, so that the server is in the middle of its answer.
        var file = Minutes(300_000);
        await Import(file, "BIG", "1m", store);
        var clock = new Busy();
        await using var source = new PostgresBarSource(new PostgresDatabase(PostgresAddress.Of(Address.Parse(store))) { Clock = clock },
            adjust: true);
        await using var stored = await source.OpenAsync(new BarQuery("BIG", Timeframe.M1));
        long bars = 0;
        var crashes = 0;
        async Task ReadAsync()
        {
            await foreach (var block in stored.ReadAsync(1000))
            {
                bars += block.Count;
                if (bars < 50_000 * (crashes + 1) || crashes == 2) continue;
                // The reader of the bars has been busy with them for an hour, as one that replays them in real time.
                clock.Pass(TimeSpan.FromHours(1));
                await server.CrashAsync();
                if (++crashes == 1) await server.StartServerAsync();
                else clock.Each = TimeSpan.FromSeconds(10);
            }
        }
        var fault = await Should.ThrowAsync<BarStoreException>(ReadAsync);
        (crashes, bars).ShouldSatisfyAllConditions(t => t.crashes.ShouldBe(2), t => t.bars.ShouldBeInRange(100_000, 299_999));
        fault.Message.ShouldStartWith(
            $"{server.ShownAddressOf("postgres")}?timeout=5 went away in the middle of BIG:1m and was not back "
                + "within 60 s (");
        fault.Message.ShouldEndWith("); start the server and run again");
    }

    // Passes by so much whenever it is looked at.
    private sealed class Busy : TimeProvider
    {
        private long _now;

        public TimeSpan Each { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan span) => _now += span.Ticks;

        public override long GetTimestamp() => _now += Each.Ticks;
    }

    [Fact]
    public async Task Whatever_is_wrong_with_the_server_is_one_sentence_without_the_password()
    {
        async Task<string> Sentence<T>(string store) where T : Exception =>
            (await Should.ThrowAsync<T>(async () => await TestCatalogues.Sources.Open(Address
                .Parse(store)).ListSymbolsAsync(Timeframe.D1))).Message;
        (await Sentence<BarDataException>(_server.AddressOf("nothere"))).ShouldEndWith("/nothere: the database "
            + "does not exist; make it with createdb, or correct its name");
        (await Sentence<BarStoreException>("postgres://postgres@127.0.0.1:1/x?timeout=2")).ShouldContain("cannot be reached");
        await Import(Minutes(10), timeframe: "1m");
        await _server.SqlAsync(_database, "ALTER TABLE bars.granary_market RENAME TO gone");
        (await Sentence<BarStoreException>(_store)).ShouldContain("a table is missing");
        await _server.SqlAsync(_database,
            "ALTER TABLE bars.gone RENAME TO granary_market; INSERT INTO bars.granary_migration VALUES (99, 'later', '')");
        (await Sentence<BarDataException>(_store)).ShouldContain("was written by a later version of Granary");
        Should.Throw<BarDataException>(() =>
            PostgresAddress.Of(Address.Parse("postgres://me:secret@h/db?datset=x"))).Message
                .ShouldBe("'postgres://me@h/db?datset=…': there is no "
                + "option 'datset'; did you mean dataset?");
        Should.Throw<BarDataException>(() => PostgresAddress.Of(Address.Parse("postgres://me:secret@h/a/b"))).Message
            .ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_wrong_password_is_one_sentence()
    {
        (await Should.ThrowAsync<BarDataException>(async () => await TestCatalogues.Sources.Open(
            Address.Parse($"postgres://{PostgresServer.User}:wrong@127.0.0.1:{_server.Port}/{_database}"))
            .ListSymbolsAsync(Timeframe.D1))).Message.ShouldBe($"{_server.ShownAddressOf(_database)}: the server refuses the user or the password; correct them");
        (await TestCatalogues.Sources.Open(Address.Parse(_server.AddressOf(_database))).ListSymbolsAsync(Timeframe.D1)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_catalogue_that_differs_from_the_rows_is_repaired_and_the_difference_is_reported()
    {
        await Import(Minutes(100), timeframe: "1m");
        await using var store = TestCatalogues.Stores.Open(Address.Parse(_store));
        (await store.RepairAsync("X", Timeframe.M1)).ShouldBeEmpty();
        await _server.SqlAsync(_database,
            "DELETE FROM bars.granary_bar WHERE time IN (SELECT time FROM bars.granary_bar ORDER BY time LIMIT 10)");
        (await store.RepairAsync("X", Timeframe.M1)).ShouldBe([
            "the catalogue said 100 bars and there are 90",
            "the catalogue said 2023-01-01 00:00 to 2023-01-01 01:39 and there are 2023-01-01 00:10 to 2023-01-01 01:39",
            "the raw bars are not those that the catalogue's hash was of; runs over them have another digest than before"]);
        await using var series = await Open(timeframe: "1m");
        (series.Count, Read.All(series).Count).ShouldBe((90, 90));
        (await store.RepairAsync("X", Timeframe.M1)).ShouldBeEmpty();
        (await Should.ThrowAsync<BarDataException>(() => store.RepairAsync("Y",
            Timeframe.M1))).Message.ShouldContain("has no 1m bars of 'Y'");
        await using var folder = TestCatalogues.Stores.Open(Address.Parse(_folder.Path));
        (await Should.ThrowAsync<BarDataException>(() => folder.RepairAsync("X",
            Timeframe.M1))).Message.ShouldContain("there is nothing to repair");
    }

    [Fact]
    public async Task An_unknown_symbol_is_reported_with_the_nearest_name()
    {
        await Import(Minutes(10), "ALPHA", "1m");
        (await Should.ThrowAsync<BarDataException>(() => Open("ALPHB",
            "1m"))).Message.ShouldEndWith("has no symbol 'ALPHB'; did you mean ALPHA?");
        (await Should.ThrowAsync<BarDataException>(() => Open("ALPHA",
            "1h"))).Message.ShouldEndWith("ALPHA has no 1h bars; use 1m, or import them");
        (await Should.ThrowAsync<BarDataException>(() => Open("ALPHA", "1m",
            from: Read.Utc("2030-01-01")))).Message.ShouldContain("it has 2023-01-01 00:00 to 2023-01-01 00:09");
    }
}
