using Granary.Data.Feeds;
using Granary.Data.FolderStore;
using Granary.Data.Reading;
using Granary.Data.Replay;
using Granary.Data.Stores;
using Granary.Data.Synthetic;
using Granary.Data.Tests.Resampling;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Data.Tests.Feeds;

public sealed class WarmFeedTests : IDisposable
{
    private static readonly long Start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;
    private static readonly Timeframe[] Longer = [Timeframe.M3, Timeframe.M5, Timeframe.M15, Timeframe.H1, Timeframe.D1];
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static long Minute(int minute) => Start + minute * TimeSpan.TicksPerMinute;

    private static Bar[] Minutes(string symbol, int count) =>
        [.. MarketGenerator.Generate(SyntheticMarket.Crypto(symbol, Start, Start + 5 * TimeSpan.TicksPerDay), Timeframe.M1).Take(count)];

    private sealed class Memory(params (string Symbol, Bar[] Bars)[] markets) : IBarSource
    {
        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
            new([.. markets.Select(m => m.Symbol)]);

        /// <summary>What it has after so many questions.</summary>
        public Bar[]? Later { get; init; }

        public int AfterCalls { get; init; }

        private int _calls;

        public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
        {
            if (++_calls > AfterCalls && Later is { } later)
                return new(new MemoryBarSeries(new Instrument { Symbol = query.Symbol, PriceDecimals = 2 }, query.Timeframe,
                    [.. later.Where(b => query.Wants(b.Time))], []));
            Bar[] bars = [.. markets.Where(m => m.Symbol == query.Symbol).SelectMany(m => m.Bars).Where(b => query.Wants(b.Time))];
            return bars.Length > 0 ? new(new MemoryBarSeries(new Instrument { Symbol = query.Symbol, PriceDecimals = 2 }, query.Timeframe,
                bars, [])) : throw new BarDataException("none");
        }

        public async Task<ILiveFeed> FeedAsync() =>
            await BarReplay.OpenAsync(this, [.. markets.Select(m => new BarQuery(m.Symbol, Timeframe.M1))], ReplaySpeed.AsFastAsPossible,
                TimeProvider.System);
    }

    // One time slice after the other, as a stream brings them.
    private static async Task<ILiveFeed> ThrottledAsync(params (string Symbol, Bar[] Bars)[] markets) =>
        await BarReplay.OpenAsync(new Memory(markets), [.. markets.Select(m => new BarQuery(m.Symbol, Timeframe.M1))],
            ReplaySpeed.AsFastAsPossible, TimeProvider.System, blockSize: 1);

    private FolderBarStore Store => new(Path.Combine(_folder.Path, "store"));

    private async Task Keep(string symbol, IReadOnlyList<Bar> bars, Timeframe? timeframe = null) =>
        await Store.MergeAsync(BarsToStore.Of(new Instrument { Symbol = symbol, PriceDecimals = 2 }, timeframe ?? Timeframe.M1, bars,
            "test"));

    private static async Task<Dictionary<string, List<Bar>>> AllAsync(WarmFeed live)
    {
        var bars = live.Series.ToDictionary(s => s.ToString(), _ => new List<Bar>());
        List<string> series = [.. live.Series.Select(s => s.ToString())];
        var reached = 0L;
        await foreach (var slice in live.ReadAsync())
        {
            slice.Time.ShouldBeGreaterThan(reached);
            reached = slice.Time;
            slice.Bars.ShouldAllBe(b => b.CloseTime == slice.Time);
            var places = slice.Bars.Select(b => series.IndexOf($"{b.Symbol}:{b.Timeframe}")).ToList();
            places.ShouldBe([.. places.Distinct().Order()], "strict order over all markets");
            Add(bars, slice);
        }
        return bars;
    }

    private static void Add(Dictionary<string, List<Bar>> bars, TimeSlice slice)
    {
        foreach (var closed in slice.Bars) bars[$"{closed.Symbol}:{closed.Timeframe}"].Add(closed.Bar);
    }

    [Fact]
    public async Task Longer_bars_are_those_of_a_resampled_file_and_come_at_the_time_at_which_they_are_complete()
    {
        var a = Minutes("A", 3000);
        Bar[] b = [.. Minutes("B", 3000).Where((_, i) => i % 7 != 4)]; // has holes, also at the ends of longer bars
        await using var live =
            new WarmFeed(new WarmFeedRequest { Feed = await new Memory(("A", a), ("B", b)).FeedAsync(), Longer = Longer });
        var bars = await AllAsync(live);
        foreach (var (symbol, minutes) in new[] { ("A", a), ("B", b) })
        {
            bars[$"{symbol}:1m"].ShouldBe(minutes);
            foreach (var longer in Longer)
                bars[$"{symbol}:{longer}"].ShouldBe(BarResampler.Resample(minutes, Timeframe.M1, longer)
                    .Where(x => x.Time + longer.Ticks <= Minute(3000)), $"{symbol} {longer}");
        }
    }

    [Fact]
    public async Task The_past_comes_from_the_store_to_the_exact_bar_where_live_begins_and_what_was_missed_from_the_back_fill()
    {
        var all = Minutes("A", 2000);
        await Keep("A", all[..1200]); // 1200 to 1499 no feed was connected; the feed repeats what is stored from 1180 on
        await using var live = new WarmFeed(new WarmFeedRequest
        {
            Feed = await new Memory(("A", [.. all[1500..]])).FeedAsync(),
            Longer = Longer,
            Store = Store,
            Past = [Store.Source(), new Memory(("A", all))]
        });
        var bars = await AllAsync(live);
        bars["A:1m"].ShouldBe(all);
        bars["A:1h"].ShouldBe(BarResampler.Resample(all, Timeframe.M1, Timeframe.H1)
            .Where(x => x.Time + Timeframe.H1.Ticks <= Minute(2000)));
        live.LiveFrom.ShouldBe(Minute(1500));
        live.Notes.ShouldBeEmpty();
        await live.DisposeAsync();
        await using var stored = await Store.Source().OpenAsync(new BarQuery("A", Timeframe.M1));
        Read.All(stored).ShouldBe(all);
    }

    [Fact]
    public async Task A_start_in_the_middle_of_what_is_stored_doubles_nothing()
    {
        var all = Minutes("A", 600);
        await Keep("A", all[..400]);
        await using var live = new WarmFeed(new WarmFeedRequest
        {
            Feed = await new Memory(("A", [.. all[300..]])).FeedAsync(),
            Store = Store,
            Past = [Store.Source()],
            WarmUpFrom = Minute(100)
        });
        (await AllAsync(live))["A:1m"].ShouldBe(all[100..]);
    }

    [Fact]
    public async Task A_gap_is_found_and_filled_for_the_store_and_reported_where_no_source_has_its_bars()
    {
        var a = Minutes("A", 500);
        Bar[] holed = [.. a[..200], .. a[230..]];
        await using (var live = new WarmFeed(new WarmFeedRequest { Feed = await new Memory(("A", holed)).FeedAsync(), Store = Store }))
        {
            (await AllAsync(live))["A:1m"].ShouldBe(holed);
            live.Gaps.ShouldBe([new MissingBars("A", Minute(199), Minute(230), 30, 0)]);
            live.Notes.Single().ShouldStartWith("A:1m: 30 bars are missing between 2024-01-01 03:19 and 2024-01-01 03:50");
        }
        // alone in the market nothing was decided meanwhile, so the bars come in their order
        await using (var live =
            new WarmFeed(new WarmFeedRequest { Feed = await new Memory(("A", holed)).FeedAsync(), Past = [new Memory(("A", a))] }))
        {
            (await AllAsync(live))["A:1m"].ShouldBe(a);
            live.Gaps.ShouldBe([new MissingBars("A", Minute(199), Minute(230), 30, 30)]);
            live.Notes.Single().ShouldBe("A:1m: no source has bars before 2024-01-01 00:00, so it does not warm up (none)");
        }
        // beside another market too, as long as it is asked before their time has passed
        await using (var live = new WarmFeed(new WarmFeedRequest
        {
            Feed = await ThrottledAsync(("A", holed), ("B", Minutes("B", 500))),
            Past = [new Memory(("A", a))]
        }))
        {
            (await AllAsync(live))["A:1m"].ShouldBe(a);
            live.Gaps.ShouldBe([new MissingBars("A", Minute(199), Minute(230), 30, 30)]);
        }
        // who has them only later has them for the store: strategies decided without them
        var late = new Memory(("A", [])) { Later = a, AfterCalls = 3 };
        await using (var live = new WarmFeed(new WarmFeedRequest
        {
            Feed = await ThrottledAsync(("A", holed), ("B", Minutes("B", 500))),
            Store = new FolderBarStore(Path.Combine(_folder.Path, "two")),
            Past = [late]
        }))
        {
            (await AllAsync(live))["A:1m"].ShouldNotContain(b => b.Time >= Minute(200) && b.Time < Minute(220));
            live.Gaps.ShouldBe([new MissingBars("A", Minute(199), Minute(230), 30, 30)]);
            live.Notes[^1].ShouldContain("bars were found after their time had passed; nothing was decided on them, and they are in the "
                + "store");
        }
        await using var stored = await new StoreBarSource(Path.Combine(_folder.Path, "two")).OpenAsync(new BarQuery("A", Timeframe.M1));
        Read.All(stored).ShouldBe(a);
    }

    [Fact]
    public async Task Bars_that_a_session_had_taken_come_again_with_their_longer_bars_and_missed_bars_follow_once_each()
    {
        var all = Minutes("A", 2000);
        // It took 700, of which the store has 650: then the process died, and came back at the 900th.
        await Keep("A", all[..650]);
        await using var live = new WarmFeed(new WarmFeedRequest
        {
            Feed = await new Memory(("A", [.. all[600..640], .. all[900..]])).FeedAsync(),
            Longer = Longer,
            Store = Store,
            Past = [new Memory(("A", all))]
        });
        var bars = live.Series.ToDictionary(s => s.ToString(), _ => new List<Bar>());
        foreach (var bar in all[..700])
            foreach (var slice in live.Resume(bar.Time + TimeSpan.TicksPerMinute, [new ClosedBar("A", bar, Timeframe.M1)]))
                Add(bars, slice);
        bars["A:1m"].ShouldBe(all[..700]);
        bars["A:15m"].ShouldBe(BarResampler.Resample(all[..690], Timeframe.M1, Timeframe.M15));
        await foreach (var slice in live.ReadAsync()) Add(bars, slice);
        bars["A:1m"].ShouldBe(all);
        foreach (var longer in Longer)
            bars[$"A:{longer}"].ShouldBe(BarResampler.Resample(all, Timeframe.M1, longer).Where(x => x.Time + longer.Ticks <= Minute(2000)),
                $"{longer}");
        live.LiveFrom.ShouldBe(Minute(900));
        live.Notes.ShouldBeEmpty();
        await using var stored = await Store.Source().OpenAsync(new BarQuery("A", Timeframe.M1));
        Read.All(stored).ShouldBe(all);
    }

    [Fact]
    public async Task Each_source_of_the_past_is_asked_for_what_those_before_it_lack()
    {
        var all = Minutes("A", 900);
        await using var live = new WarmFeed(new WarmFeedRequest
        {
            Feed = await new Memory(("A", [.. all[800..]])).FeedAsync(),
            Past = [new Memory(("A", all[..300])), new Memory(("A", [.. all[200..500]])), new Memory(("A", [.. all[100..]]))],
        });
        (await AllAsync(live))["A:1m"].ShouldBe(all);
    }

    [Fact]
    public async Task A_long_bar_of_a_symbol_that_falls_silent_is_given_when_the_markets_time_has_passed_it()
    {
        var (a, b) = (Minutes("A", 200), Minutes("B", 100));
        await using var live =
            new WarmFeed(new WarmFeedRequest { Feed = await new Memory(("A", a), ("B", b)).FeedAsync(), Longer = [Timeframe.H1] });
        (await AllAsync(live))["B:1h"].Select(x => x.Time).ShouldBe([Minute(0), Minute(60)]);
    }

    [Fact]
    public async Task A_weekend_of_daily_stocks_is_no_gap_and_a_lost_weekday_is_one()
    {
        var monday = new DateTime(2024, 1, 8, 0, 0, 0, DateTimeKind.Utc).Ticks;
        List<Bar> days = [.. Enumerable.Range(0, 19).Where(d => d % 7 < 5 && d != 9)
            .Select(d => new Bar(monday + d * TimeSpan.TicksPerDay, 10, 11, 9, 10, 1))];
        await using var live = new WarmFeed(new WarmFeedRequest
        {
            Feed =
            new Once(new MarketSeries(new Instrument { Symbol = "S", DailyEquity = true }, Timeframe.D1), days)
        });
        await AllAsync(live);
        live.Gaps.Select(g => (g.After, g.Missing)).ShouldBe([(monday + 8 * TimeSpan.TicksPerDay, 1)]);
    }

    [Fact]
    public async Task A_night_without_a_session_is_no_gap()
    {
        var instrument = new Instrument { Symbol = "S", Calendar = SessionCalendar.NewYork() };
        var open = SessionCalendar.NewYork().Session(new DateOnly(2024, 1, 5))!.Value; // a Friday
        var monday = SessionCalendar.NewYork().Session(new DateOnly(2024, 1, 8))!.Value;
        List<Bar> bars = [];
        foreach (var (from, to) in new[] { open, monday })
            for (var time = from; time < to; time += TimeSpan.TicksPerMinute)
                if (time != monday.Open + 5 * TimeSpan.TicksPerMinute)
                    bars.Add(new Bar(time, 10, 11, 9, 10, 1));
        var assembler = new Once(new MarketSeries(instrument, Timeframe.M1), bars);
        await using var live = new WarmFeed(new WarmFeedRequest { Feed = assembler, Longer = [Timeframe.D1] });
        var all = await AllAsync(live);
        live.Gaps.Select(g => (g.After, g.Missing)).ShouldBe([(monday.Open + 4 * TimeSpan.TicksPerMinute, 1)]);
        all["S:1d"].Count.ShouldBe(2);
    }

    [Fact]
    public async Task History_has_each_daily_bar_whose_session_ends_after_midnight_UTC()
    {
        // 20:00 in New York is 01:00 UTC. Blocks of history end within that hour.
        var calendar = SessionCalendar.Daily("late", "America/New_York", new TimeSpan(4, 0, 0), new TimeSpan(20, 0, 0));
        var (bars, sessions) = (new List<Bar>(), new List<DateOnly>());
        for (var day = new DateOnly(2024, 1, 8); day < new DateOnly(2024, 2, 17); day = day.AddDays(1))
        {
            if (calendar.Session(day) is not var (from, to)) continue;
            sessions.Add(day);
            for (var time = from; time < to; time += TimeSpan.TicksPerMinute) bars.Add(new Bar(time, 10, 11, 9, 10, 1));
        }
        var instrument = new Instrument { Symbol = "S", Calendar = calendar };
        var first = calendar.Session(sessions[^1])!.Value.Open;
        await using var live = new WarmFeed(new WarmFeedRequest
        {
            Feed = new Once(new MarketSeries(instrument, Timeframe.M1), [.. bars.Where(b => b.Time >= first)]),
            Longer = [Timeframe.D1],
            Past = [new Memory(("S", [.. bars.Where(b => b.Time < first).Skip(10)]))],
        });
        var all = await AllAsync(live);
        all["S:1m"].Count.ShouldBe(bars.Count - 10);
        all["S:1d"].Where(b => b.Time < first).Select(b => DateOnly.FromDateTime(b.OpenTime)).ShouldBe(sessions.SkipLast(1));
    }

    [Fact]
    public async Task A_symbol_whose_history_ends_early_gives_its_long_bar_in_order_and_holds_up_no_other()
    {
        var (a, b) = (Minutes("A", 6000), Minutes("B", 6000));
        // B has nothing between minutes 130 and 5000, so that its bar of the third hour is over only by A's time.
        Bar[] silent = [.. b[..130], .. b[5000..]];
        await using var live = new WarmFeed(new WarmFeedRequest
        {
            Feed = await new Memory(("A", a[5000..]), ("B", b[5000..])).FeedAsync(),
            Longer = [Timeframe.H1],
            Past = [new Memory(("A", a), ("B", b[..130]))],
        });
        var bars = await AllAsync(live);
        bars["A:1m"].ShouldBe(a);
        bars["B:1m"].ShouldBe(silent);
        bars["B:1h"].ShouldBe(BarResampler.Resample(silent, Timeframe.M1, Timeframe.H1)
            .Where(x => x.Time + Timeframe.H1.Ticks <= Minute(6000)));
    }

    [Fact]
    public async Task A_market_that_begins_later_than_another_has_its_bars_from_the_history_until_then()
    {
        var (all, other) = (Minutes("A", 300), Minutes("B", 300));
        await using var live = new WarmFeed(new WarmFeedRequest
        {
            Feed = await ThrottledAsync(("A", all[100..]), ("B", other[200..])),
            Past = [new Memory(("A", all), ("B", other))],
        });
        var bars = await AllAsync(live);
        bars["A:1m"].ShouldBe(all);
        bars["B:1m"].ShouldBe(other);
    }

    private sealed class Once(MarketSeries series, List<Bar> bars) : ILiveFeed
    {
        public IReadOnlyList<MarketSeries> Series { get; } = [series];

        public IReadOnlyList<string> Notes => [];

        public async IAsyncEnumerable<FeedItem> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation]
            CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            for (var i = 0; i < bars.Count; i++)
            {
                yield return FeedItem.Of(0, BarBlock.FromBars(i, [bars[i]]), bars[i].Time + series.Timeframe.Ticks);
                yield return FeedItem.Heartbeat(bars[i].Time + series.Timeframe.Ticks);
            }
            yield return FeedItem.End(bars[^1].Time + series.Timeframe.Ticks);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
