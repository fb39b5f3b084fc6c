using Granary.Data.Import;
using Granary.Data.Feeds;
using Granary.Data.Replay;
using Granary.Data.Resampling;
using Granary.Data.Store;
using Granary.Data.Stores;
using Granary.Data.Synthetic;
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

    private static Bar[] Minutes(string symbol, int count) => [.. MarketGenerator.Generate(SyntheticMarket.Crypto(symbol, Start, Start + 5 * TimeSpan.TicksPerDay), Timeframe.M1).Take(count)];

    private sealed class Memory(params (string Symbol, Bar[] Bars)[] markets) : IBarSource
    {
        public ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) => new([.. markets.Select(m => m.Symbol)]);

        public ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
        {
            Bar[] bars = [.. markets.Single(m => m.Symbol == query.Symbol).Bars.Where(b => query.Wants(b.Time))];
            return bars.Length > 0 ? new(new MemoryBarSeries(new Instrument { Symbol = query.Symbol, PriceDecimals = 2 }, query.Timeframe, bars, [])) : throw new BarDataException("none");
        }

        public async Task<ILiveFeed> FeedAsync() => await BarReplay.OpenAsync(this, [.. markets.Select(m => new BarQuery(m.Symbol, Timeframe.M1))], ReplayPace.AsFastAsPossible, TimeProvider.System);
    }

    private FolderBarStore Store => new(Path.Combine(_folder.Path, "store"));

    private async Task Keep(string symbol, IReadOnlyList<Bar> bars, Timeframe? timeframe = null) => await Store.MergeAsync(BarsToStore.Of(new Instrument { Symbol = symbol, PriceDecimals = 2 }, timeframe ?? Timeframe.M1, bars, "test"));

    private static async Task<Dictionary<string, List<Bar>>> AllAsync(WarmFeed live)
    {
        var bars = live.Series.ToDictionary(s => s.ToString(), _ => new List<Bar>());
        var (reached, place) = (0L, 0);
        await foreach (var item in live.ReadAsync())
        {
            if (item.Bars is not { } block) continue;
            for (var i = 0; i < block.Count; i++)
            {
                var close = block[i].Time + live.Series[item.Series].Timeframe.Ticks;
                (close > reached || close == reached && item.Series > place).ShouldBeTrue("strict order over all markets");
                (reached, place) = (close, item.Series);
                bars[live.Series[item.Series].ToString()].Add(block[i]);
            }
        }
        return bars;
    }

    [Fact]
    public async Task Longer_bars_are_those_of_a_resampled_file_and_come_at_the_instant_at_which_they_are_complete()
    {
        var a = Minutes("A", 3000);
        Bar[] b = [.. Minutes("B", 3000).Where((_, i) => i % 7 != 4)]; // has holes, also at the ends of longer bars
        await using var live = new WarmFeed(new WarmFeedRequest { Feed = await new Memory(("A", a), ("B", b)).FeedAsync(), Longer = Longer });
        var bars = await AllAsync(live);
        foreach (var (symbol, minutes) in new[] { ("A", a), ("B", b) })
        {
            bars[$"{symbol}:1m"].ShouldBe(minutes);
            foreach (var longer in Longer)
                bars[$"{symbol}:{longer}"].ShouldBe(BarResampler.Resample(minutes, Timeframe.M1, longer).Where(x => x.Time + longer.Ticks <= Minute(3000)), $"{symbol} {longer}");
        }
    }

    [Fact]
    public async Task The_past_comes_from_the_store_to_the_exact_bar_where_live_begins_and_what_was_missed_from_the_back_fill()
    {
        var all = Minutes("A", 2000);
        await Keep("A", all[..1200]); // 1200 to 1499 nobody listened; the feed repeats what is stored from 1180 on
        await using var live = new WarmFeed(new WarmFeedRequest { Feed = await new Memory(("A", [.. all[1500..]])).FeedAsync(), Longer = Longer, Store = Store, BackFill = new Memory(("A", all)) });
        var bars = await AllAsync(live);
        bars["A:1m"].ShouldBe(all);
        bars["A:1h"].ShouldBe(BarResampler.Resample(all, Timeframe.M1, Timeframe.H1).Where(x => x.Time + Timeframe.H1.Ticks <= Minute(2000)));
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
        await using var live = new WarmFeed(new WarmFeedRequest { Feed = await new Memory(("A", [.. all[300..]])).FeedAsync(), Store = Store, WarmUpFrom = Minute(100) });
        (await AllAsync(live))["A:1m"].ShouldBe(all[100..]);
    }

    [Fact]
    public async Task A_gap_is_found_filled_for_the_store_and_told_where_nobody_has_its_bars()
    {
        var a = Minutes("A", 500);
        Bar[] holed = [.. a[..200], .. a[230..]];
        await using (var live = new WarmFeed(new WarmFeedRequest { Feed = await new Memory(("A", holed)).FeedAsync(), Store = Store }))
        {
            (await AllAsync(live))["A:1m"].ShouldBe(holed);
            live.Gaps.ShouldBe([new FeedGap("A", Minute(199), Minute(230), 30, 0)]);
            live.Notes.Single().ShouldStartWith("A:1m: 30 bars are missing between 2024-01-01 03:19 and 2024-01-01 03:50");
        }
        // alone in the market nothing was decided meanwhile, so the bars come in their order
        await using (var live = new WarmFeed(new WarmFeedRequest { Feed = await new Memory(("A", holed)).FeedAsync(), BackFill = new Memory(("A", a)) }))
        {
            (await AllAsync(live))["A:1m"].ShouldBe(a);
            live.Gaps.ShouldBe([new FeedGap("A", Minute(199), Minute(230), 30, 30)]);
            live.Notes.ShouldBeEmpty();
        }
        // beside another market their time has passed: the store has them, strategies do not
        await using (var live = new WarmFeed(new WarmFeedRequest { Feed = await new Memory(("A", holed), ("B", Minutes("B", 500))).FeedAsync(), Store = new FolderBarStore(Path.Combine(_folder.Path, "two")), BackFill = new Memory(("A", a)) }))
        {
            (await AllAsync(live))["A:1m"].ShouldBe(holed);
            live.Notes.Single().ShouldStartWith("30 bars were found after their time had passed");
        }
        await using var stored = await new StoreBarSource(Path.Combine(_folder.Path, "two")).OpenAsync(new BarQuery("A", Timeframe.M1));
        Read.All(stored).ShouldBe(a);
    }

    [Fact]
    public async Task Daily_bars_of_the_store_reach_back_further_than_its_minutes()
    {
        var minutes = Minutes("A", 3 * 1440);
        var days = Enumerable.Range(1, 30).Select(d => new Bar(Start - d * TimeSpan.TicksPerDay, 50, 51, 49, 50, 1)).Reverse().ToList();
        await Keep("A", days, Timeframe.D1);
        await using var live = new WarmFeed(new WarmFeedRequest { Feed = await new Memory(("A", minutes)).FeedAsync(), Longer = [Timeframe.D1], Store = Store });
        (await AllAsync(live))["A:1d"].ShouldBe([.. days, .. BarResampler.Resample(minutes, Timeframe.M1, Timeframe.D1)]);
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

    private sealed class Once(MarketSeries series, List<Bar> bars) : ILiveFeed
    {
        public IReadOnlyList<MarketSeries> Series { get; } = [series];

        public IReadOnlyList<string> Notes => [];

        public async IAsyncEnumerable<FeedItem> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            for (var i = 0; i < bars.Count; i++)
            {
                yield return FeedItem.Of(0, BarBlock.FromBars(i, [bars[i]]), bars[i].Time + TimeSpan.TicksPerMinute);
                yield return FeedItem.Heartbeat(bars[i].Time + TimeSpan.TicksPerMinute);
            }
            yield return FeedItem.End(bars[^1].Time + TimeSpan.TicksPerMinute);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
