using System.Globalization;
using System.Text.Json;
using Granary.Backtesting.Runs;
using Granary.Contracts.Deployments;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Deployments;
using Granary.Trading.Live;
using Granary.Trading.Parity;
using Granary.Trading.Tests.Live;

namespace Granary.Trading.Tests.Parity;

/// <summary>The records of days: each is kept once, in a folder and in PostgreSQL, and a session trades on beside it.</summary>
public sealed class ParityHistoryTests : IDisposable
{
    private readonly ParityUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private DeploymentBook Book(string name) =>
        new(DeploymentStores.Open(Address.Parse(Path.Combine(_under.Folder, name))), TimeProvider.System);

    private static async Task<BatchRun> TradedAsync(ParityUnderTest under)
    {
        var backtest = await under.BacktestAsync();
        await under.TradeAsync(backtest, "reject=0.3,latency=10m");
        return backtest;
    }

    private static Dictionary<string, string> FilesOf(string folder) => Directory.EnumerateFiles(folder, "*.json",
        SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToDictionary(f => Path.GetRelativePath(folder, f), File.ReadAllText);

    [Fact]
    public async Task A_day_has_one_record_also_if_a_comparison_was_killed_or_repeated()
    {
        var backtest = await TradedAsync(_under);
        (await _under.CompareAsync(backtest, book: Book("whole"))).Count.ShouldBe(14);
        var whole = FilesOf(Path.Combine(_under.Folder, "whole", "parity"));
        whole.Keys.Select(k => k.Replace('\\', '/')).ShouldBe(Enumerable.Range(1, 14).Select(d =>
            string.Create(CultureInfo.InvariantCulture, $"live/2022-01-{d:00}.json")));

        // The process ends while the sixth day is compared; another one compares the rest.
        var file = Path.Combine(backtest.Folder, "prod.json");
        var start = new SessionStart(new SessionOptions { Feed = Address.Parse("csv:" + SessionUnderTest.Bars) }, File.ReadAllBytes(file),
            file, backtest.Folder);
        var parity = new AccountParity(AccountStores.Open(Address.Parse(_under.State), one: true), TestCatalogues.All, TimeProvider.System);
        using var kill = new CancellationTokenSource();
        List<int> reported = [];
        var live = new ParityRequest { Account = "live" };
        await Should.ThrowAsync<OperationCanceledException>(() => parity.CompareAsync(live, start, Book("killed"), day =>
        {
            if (day.Day == 6) kill.Cancel();
        }, record =>
        {
            // Before it is kept, so that a kill in between loses no alert.
            Book("killed").Parity("live").Count(r => r.Day == record.Day).ShouldBe(0);
            reported.Add(record.Day.Day);
            return Task.CompletedTask;
        }, kill.Token));
        reported.ShouldBe([1, 2, 3, 4, 5]);
        var folder = Path.Combine(_under.Folder, "killed", "parity");
        FilesOf(folder).Count.ShouldBe(5);
        (await _under.CompareAsync(backtest, book: Book("killed"))).Count.ShouldBe(9);
        FilesOf(folder).ShouldBe(whole);
        (await _under.CompareAsync(backtest, book: Book("killed"))).ShouldBeEmpty();

        // A history may begin at a later day, with the same records.
        Task<IReadOnlyList<ParityRecord>> FromAsync(int day) => parity.CompareAsync(
            live with { From = new(2022, 1, day) }, start, Book("later"), cancellationToken: TestContext.Current.CancellationToken);
        (await FromAsync(10)).Count.ShouldBe(5);
        foreach (var (name, text) in FilesOf(Path.Combine(_under.Folder, "later", "parity"))) text.ShouldBe(whole[name]);
        (await FromAsync(2)).ShouldBeEmpty();

        // A day that is compared again after its bars were revised keeps its record.
        var revised = _under.BarsWith("revised", "COINUSDT", f => f[0] == "2022-01-05T20:00:00Z" ? [f[0], f[1], f[2], "1", "1", f[5]] : f);
        var kept = await _under.CompareAsync(backtest, revised, day: "2022-01-05", book: Book("killed"));
        kept.Single().Revised.ShouldBe(0);
        FilesOf(folder).ShouldBe(whole);

        var damaged = Path.Combine(folder, "live", "2022-01-03.json");
        File.WriteAllText(damaged, File.ReadAllText(damaged).Replace("\"total\": ", "\"total\": 1", StringComparison.Ordinal));
        (await Should.ThrowAsync<InputException>(() => _under.CompareAsync(backtest, book: Book("killed")))).Message
            .ShouldContain("the parity of live on 2022-01-03");
    }

    // Longer bars that the market's close cuts, and interest of the last nights, are replayed again for each day.
    [Theory]
    [InlineData(false, ""), InlineData(true, ""), InlineData(false, ", \"leverage\": 3, \"marginRatePercent\": 90")]
    public async Task A_day_has_the_same_record_in_a_comparison_of_all_days_and_of_its_own(bool hasLongerBars, string execution)
    {
        var backtest = hasLongerBars ? await _under.LongerBarsAsync()
            : await _under.Session.BacktestAsync(to: ParityUnderTest.Last, path: execution,
                more: """, "portfolio": { "weights": "equal" }""");
        await _under.TradeAsync(backtest, "reject=0.2,latency=10m");
        var revised = _under.BarsWith("revised", "ACME", f => f[0] == "2022-01-06T15:00:00Z" ? [f[0], f[1], f[2], "50", "50", f[5]] : f);
        var all = await _under.CompareAsync(backtest, revised);
        all.Count(r => r.Causes.Values.Any(c => c != 0)).ShouldBeGreaterThan(5);
        foreach (var record in all)
        {
            var own = await _under.CompareAsync(backtest, revised, day: record.Day.ToString("O", CultureInfo.InvariantCulture));
            JsonSerializer.Serialize(own.Single()).ShouldBe(JsonSerializer.Serialize(record));
        }
    }

    [Fact]
    public async Task A_store_in_PostgreSQL_keeps_the_records_of_a_folder()
    {
        await using var postgres = await PostgresServer.ShareAsync();
        var database = new Npgsql.NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync()).Database!;
        DeploymentBook Stored() => new(DeploymentStores.Open(Address.Parse(postgres.AddressOf(database))), TimeProvider.System);
        var backtest = await TradedAsync(_under);
        var records = await _under.CompareAsync(backtest, book: Book("folder"), day: "2022-01-05");
        await _under.CompareAsync(backtest, book: Stored(), day: "2022-01-05");
        await _under.CompareAsync(backtest, book: Stored(), day: "2022-01-05");
        string Text(IEnumerable<ParityRecord> all) => JsonSerializer.Serialize(all);
        Text(Stored().Parity("live")).ShouldBe(Text(records));
        Text(Stored().Parity()).ShouldBe(Text(records));
        Stored().Parity("other").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_session_trades_on_while_its_days_are_compared()
    {
        var backtest = await _under.BacktestAsync();
        await _under.TradeAsync(backtest, to: "2022-01-05T12:00:00");
        var before = FileJournal.Peek(_under.State, new JournalQuery()).Count;
        IReadOnlyList<ParityRecord> records;
        // Its journal is held, as by a session.
        await using (FileJournal.Open(_under.State, TimeProvider.System))
        {
            records = await _under.CompareAsync(backtest, now: true,
                clock: new ManualClock(new DateTimeOffset(2022, 1, 5, 12, 0, 0, default)));
        }
        records.Select(r => r.IsRunning).ShouldBe([false, false, false, false, true]);
        records[^1].End.ShouldBe(new DateTime(2022, 1, 5, 12, 0, 0, DateTimeKind.Utc));
        records.ShouldAllBe(r => r.Total == 0);
        FileJournal.Peek(_under.State, new JournalQuery()).Count.ShouldBe(before);
        // It has ended, so its last day is over. While a session is in that day, behind the clock, the day is not.
        (await _under.CompareAsync(backtest, day: "2022-01-05")).Single().IsRunning.ShouldBeFalse();
        var last = FileJournal.Peek(_under.State, new JournalQuery())[^1];
        await using (var journal = FileJournal.Open(_under.State, TimeProvider.System))
            await journal.AppendAsync([JournalCodec.Encode(last.Sequence + 1, last.At,
                new SessionChanged(ParityUnderTest.Ticks("2022-01-05T12:00:00"), "", nameof(LiveState.Trading), ""))]);
        (await _under.CompareAsync(backtest))[^1].Day.Day.ShouldBe(4);
        (await Should.ThrowAsync<InputException>(() => _under.CompareAsync(backtest, day: "2022-01-05"))).Message.ShouldContain(
            "still in 2022-01-05: its last bar closed at 2022-01-05 12:00Z, and the day ends at 2022-01-06 00:00Z");
        var run = await _under.TradeAsync(backtest);
        run.Run.Model.Digest.ShouldBe(backtest.Model.Digest);
    }

    [Fact]
    public async Task A_day_that_cannot_be_compared_is_answered_with_its_reason()
    {
        var backtest = await _under.BacktestAsync();
        async Task<string> FaultAsync(Func<Task> compare) => (await Should.ThrowAsync<InputException>(compare)).Message;
        await Should.ThrowAsync<JournalException>(() => _under.CompareAsync(backtest));
        await _under.TradeAsync(backtest);
        (await FaultAsync(() => _under.CompareAsync(backtest, day: "2022-02-01"))).ShouldBe(
            "the session of live has no bars on 2022-02-01; its days are from 2022-01-01 to 2022-01-14");
        var unfinished = _under.BarsWith("unfinished", "COINUSDT", f =>
            string.CompareOrdinal(f[0], "2022-01-14T20:00:00Z") > 0 ? null : f);
        (await FaultAsync(() => _under.CompareAsync(backtest, unfinished, day: "2022-01-14"))).ShouldContain(
            "the bars of COINUSDT are not final for 2022-01-14: they end at 2022-01-14T20:00:00Z, and the session has one of "
            + "2022-01-14T23:00:00Z");
        (await _under.CompareAsync(backtest, unfinished, day: "2022-01-13")).Single().Total.ShouldBe(0);
        var noon = new ManualClock(new DateTimeOffset(2022, 1, 14, 12, 0, 0, default));
        (await FaultAsync(() => _under.CompareAsync(backtest, day: "2022-01-14", clock: noon))).ShouldContain(
            "2022-01-14 of live ends at 2022-01-15 00:00Z");
        (await _under.CompareAsync(backtest, clock: noon))[^1].Day.Day.ShouldBe(13);
        var other = await _under.Session.BacktestAsync("""{ "class": "SmaCross", "params": { "fast": 3, "slow": 9 } }""", path: "");
        (await FaultAsync(() => _under.CompareAsync(other))).ShouldContain("is of another configuration than");
    }
}
