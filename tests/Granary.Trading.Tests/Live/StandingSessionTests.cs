using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Granary.Backtesting.Runs;
using Granary.Contracts.Sessions;
using Granary.Data.Journals;
using Granary.Data.Replay;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Storage.Addresses;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>What the status of a session says while something that it needs does not answer.</summary>
public sealed class StandingSessionTests : IDisposable
{
    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private sealed class Statuses : IProgress<LiveStatus>
    {
        public ConcurrentQueue<LiveStatus> All { get; } = new();

        public void Report(LiveStatus value) => All.Enqueue(value);
    }

    // From one append on it does not answer, as a server whose machine is gone.
    private sealed class SilentJournal(IJournal inner, int from, Task until) : IJournal
    {
        private int _appends;

        public string Name => inner.Name;

        public long Last => inner.Last;

        public string? Cut => inner.Cut;

        public async ValueTask AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken = default)
        {
            if (++_appends == from) await until;
            await inner.AppendAsync(entries, cancellationToken);
        }

        public async IAsyncEnumerable<JournalEntry> ReadAsync(JournalQuery query, [EnumeratorCancellation]
            CancellationToken cancellationToken = default)
        {
            await foreach (var entry in inner.ReadAsync(query, cancellationToken)) yield return entry;
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    [Theory]
    [InlineData("journal", LiveState.WaitingForJournal)]
    [InlineData("venue", LiveState.WaitingForVenue)]
    public async Task A_session_that_waits_says_so_and_gives_signs_of_life(string what, LiveState expected)
    {
        var production = new ProductionReader(TestCatalogues.All).Read(
            Path.Combine((await _under.BacktestAsync(to: "2022-01-15")).Folder, "prod.json"));
        var (statuses, answer, bars) = (new Statuses(), new TaskCompletionSource(), 0);
        var parts = what == "journal" ? new SessionParts(JournalOf: j => new SilentJournal(j, 10, answer.Task))
            : new SessionParts(BrokerOf: b => new InterceptedBroker(b, (call, _) =>
                call == nameof(IMarketListener.OnBarsAsync) && ++bars == 100 ? answer.Task : Task.CompletedTask));
        var session = Task.Run(() => SessionUnderTest.TradeAsync(production, Path.Combine(_under.Folder, "state"), new PaperSettings(),
            "2022-01-15", parts, new LiveOptions { Account = "test", Status = statuses }));
        await Eventually.HoldsAsync(() => statuses.All.Count(s => s.State == expected) >= 2);
        var waiting = statuses.All.Where(s => s.State == expected).Take(2).ToList();
        (waiting[0].JournalFault ?? waiting[0].VenueFault).ShouldNotBeNull()
            .ShouldMatch("^(the journal|broker 'paper') has not answered for");
        waiting[1].SeenAt.ShouldBeGreaterThan(waiting[0].SeenAt);
        waiting[1].Bars.ShouldBe(waiting[0].Bars);
        session.IsCompleted.ShouldBeFalse();
        answer.SetResult();
        await session;
        var end = statuses.All.Last();
        (end.State, end.JournalFault, end.VenueFault).ShouldBe((LiveState.Ended, null, null));
    }

    [Fact]
    public async Task A_session_without_earlier_bars_says_how_many_its_factors_need()
    {
        // 20 hours of bars: an average of 30 closes has no value yet.
        var backtest = await _under.BacktestAsync("""
            { "class": "SmaCross", "params": { "fast": 5, "slow": [10, 30] }, "size": { "percentOfEquity": 20 } }
            """, """["COINUSDT"]""");
        var live = await _under.LiveAsync(backtest, with: r => r with { To = new DateTime(2022, 1, 1, 20, 0, 0).Ticks });
        var cold = live.Status.WarmingUp.ShouldNotBeNull();
        (cold.Strategies, cold.Bars, cold.Needed).ShouldBe((1, 20, 30));
        cold.Feed.ShouldStartWith("csv:");
        cold.Slowest.ShouldBe([new StrategyWarmUp("SmaCross(fast=5,slow=30)@COINUSDT:1h", "COINUSDT 1h", "sma(30)", 20, 30)]);
        live.Status.Notes.ShouldContain("2 of 2 strategies had too few earlier bars: SmaCross(fast=5,slow=30)@COINUSDT:1h has 0 of the "
            + "30 bars of COINUSDT 1h that sma(30) needs, and makes no signals before its factors have values; --warm-up names a source of "
            + "earlier bars");
    }

    [Fact]
    public async Task A_replay_that_begins_within_its_source_warms_up_on_the_bars_before_unless_the_batch_says_otherwise()
    {
        async Task<LiveRun> FromAsync(BatchRun backtest, string name, bool named) => await _under.LiveAsync(backtest, name,
            r => r with { From = new DateTime(2022, 1, 20).Ticks, WarmUp = named ? r.Feed : null });
        var backtest = await _under.BacktestAsync();
        var (own, named) = (await FromAsync(backtest, "own", named: false), await FromAsync(backtest, "named", named: true));
        own.Status.WarmingUp.ShouldBeNull();
        own.Status.Notes.ShouldContain(n => n.StartsWith("warmed up over ", StringComparison.Ordinal));
        own.Run.Model.Digest.ShouldBe(named.Run.Model.Digest);
        own.Status.Signals.ShouldBe(named.Status.Signals);

        var prod = Path.Combine(backtest.Folder, "prod.json");
        var text = await File.ReadAllTextAsync(prod);
        var at = text.IndexOf("\"data\": {", StringComparison.Ordinal) + "\"data\": {".Length;
        await File.WriteAllTextAsync(prod, text.Insert(at, " \"warmUp\": false,"));
        (await FromAsync(backtest, "cold", named: false)).Status.Notes.ShouldContain(
            n => n.Contains("had too few earlier bars", StringComparison.Ordinal));
    }

    private sealed class SilentSource(IBarSource inner, Task until) : IBarSource
    {
        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            inner.ListSymbolsAsync(timeframe, cancellationToken);

        public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default) =>
            new Series(await inner.OpenAsync(query, cancellationToken), until);

        private sealed class Series(IBarSeries inner, Task until) : IBarSeries
        {
            public Instrument Instrument => inner.Instrument;

            public Timeframe Timeframe => inner.Timeframe;

            public long Count => inner.Count;

            public string ContentHash => inner.ContentHash;

            public IReadOnlyList<string> Notes => inner.Notes;

            public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation]
                CancellationToken cancellationToken = default)
            {
                await until;
                await foreach (var block in inner.ReadAsync(blockSize, cancellationToken)) yield return block;
            }

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_replay_whose_source_does_not_answer_says_so()
    {
        var answer = new TaskCompletionSource();
        await using var feed = await BarReplay.OpenAsync(
            new SilentSource(TestCatalogues.All.Sources.Open(Address.Parse("csv:" + SessionUnderTest.Bars)), answer.Task),
            [new BarQuery("COINUSDT", Timeframe.H1, null, null)], ReplaySpeed.AsFastAsPossible, TimeProvider.System);
        feed.Fault.ShouldBeNull();
        var reading = Task.Run(async () =>
        {
            await foreach (var _ in feed.ReadAsync()) return;
        });
        await Eventually.HoldsAsync(() => feed.Fault?.StartsWith("the source of the bars has not answered for", StringComparison.Ordinal)
            == true);
        answer.SetResult();
        await reading;
        feed.Fault.ShouldBeNull();
    }
}
