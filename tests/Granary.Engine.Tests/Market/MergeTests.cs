using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;

namespace Granary.Engine.Tests.Market;

public sealed class MergeTests
{
    private static readonly long Start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private static MarketSeries Series(string symbol, Timeframe timeframe) => new(new Instrument { Symbol = symbol }, timeframe);

    private static Bar At(long time, double price) => new(time, price, price + 1, price - 1, price, 10);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(7, 4)]
    [InlineData(64, 5)]
    [InlineData(97, 6)]
    [InlineData(300, 7)]
    public void However_feeds_are_cut_the_merge_is_all_their_bars_sorted_by_close_and_then_by_place(int markets, int seed)
    {
        var random = new Random(seed);
        Timeframe[] lengths = [Timeframe.M1, Timeframe.M5, Timeframe.H1];
        var series = Enumerable.Range(0, markets).Select(i => Series("S" + i, lengths[random.Next(3)])).ToArray();
        var bars = series.Select(s =>
        {
            var list = new List<Bar>();
            var time = Start + random.Next(100) * s.Timeframe.Ticks;
            for (var n = random.Next(200); n > 0; n--, time += (1 + random.Next(4)) * s.Timeframe.Ticks)
                list.Add(At(time, 100 + random.NextDouble()));
            return list.ToArray();
        }).ToArray();
        var expected = bars.SelectMany((b, s) => b.Select(x => new MergedBar(s, x.Time + series[s].Timeframe.Ticks, x)))
            .OrderBy(m => m.Close).ThenBy(m => m.Series).ToList();

        var merge = new BarMerge(series);
        var given = new int[markets];
        var got = new List<MergedBar>();
        var buffer = new MergedBar[17];
        while (true)
        {
            for (int n; (n = merge.Take(buffer)) > 0;) got.AddRange(buffer.AsSpan(0, n));
            if (merge.WaitsFor is not { } s) break;
            // sometimes a heartbeat or somebody else's block comes first
            if (random.Next(4) == 0 && given[s] < bars[s].Length) merge.Reach(s, bars[s][given[s]].Time - 1);
            var other = random.Next(3) == 0 ? random.Next(markets) : s;
            foreach (var feed in new[] { other, s }.Distinct())
            {
                var count = Math.Min(bars[feed].Length - given[feed], 1 + random.Next(20));
                if (count > 0)
                {
                    merge.Add(feed, BarBlock.FromBars(given[feed], bars[feed].AsSpan(given[feed], count)));
                    given[feed] += count;
                }
                else if (feed == s)
                {
                    merge.End(feed);
                }
            }
        }
        got.ShouldBe(expected);
    }

    [Fact]
    public void A_silent_market_holds_up_the_others_until_its_heartbeat()
    {
        var merge = new BarMerge([Series("A", Timeframe.M1), Series("B", Timeframe.M1)]);
        var buffer = new MergedBar[8];
        merge.Add(0, BarBlock.FromBars(0, [At(Start, 1), At(Start + Timeframe.M1.Ticks, 2)]));
        merge.Take(buffer).ShouldBe(0);
        merge.WaitsFor.ShouldBe(1);
        merge.Reach(1, Start);
        merge.Take(buffer).ShouldBe(1);
        buffer[0].Bar.Close.ShouldBe(1);
        merge.End(1);
        merge.Take(buffer).ShouldBe(1);
        merge.WaitsFor.ShouldBe(0);
        merge.End(0);
        merge.WaitsFor.ShouldBeNull();
    }

    [Fact]
    public void A_block_that_does_not_follow_is_refused()
    {
        var merge = new BarMerge([Series("A", Timeframe.M1)]);
        merge.Add(0, BarBlock.FromBars(0, [At(Start, 1)]));
        Should.Throw<InvalidOperationException>(() => merge.Add(0, BarBlock.FromBars(2, [At(Start + 2 * Timeframe.M1.Ticks, 1)])));
        Should.Throw<InvalidOperationException>(() => merge.Add(0, BarBlock.FromBars(1, [At(Start, 1)])));
    }

    [Fact]
    public void Repeated_corrected_and_late_bars_are_left_out_counted_and_reported()
    {
        var late = new LateBars([Series("A", Timeframe.M1)], LateBarPolicy.LeaveOut);
        late.Classify(0, At(Start, 1)).ShouldBe(Arrival.Next);
        late.Classify(0, At(Start, 1)).ShouldBe(Arrival.Duplicate);
        late.Classify(0, At(Start, 2)).ShouldBe(Arrival.Correction);
        late.Classify(0, At(Start - Timeframe.M1.Ticks, 2)).ShouldBe(Arrival.Late);
        late.Reach(0, Start + 3 * Timeframe.M1.Ticks);
        late.Classify(0, At(Start + Timeframe.M1.Ticks, 2)).ShouldBe(Arrival.Late);
        late.Classify(0, At(Start + 4 * Timeframe.M1.Ticks, 2)).ShouldBe(Arrival.Next);
        (late.Duplicates, late.Corrections, late.Late).ShouldBe((1, 1, 2));
        late.Notes.Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(12)]
    public void Bars_that_waited_when_their_market_left_come_again_although_a_heartbeat_had_passed_them(int heartbeat)
    {
        var feed = new FeedAssembler([Series("A", Timeframe.M1), Series("B", Timeframe.M1)], LateBarPolicy.LeaveOut);
        void Add(int market, int first, int count) =>
            feed.Add(market, BarBlock.FromBars(0, [.. Enumerable.Range(first, count).Select(Minute)]));
        Bar Minute(int minute) => At(Start + minute * Timeframe.M1.Ticks, 1 + minute);
        List<long> Read(int market)
        {
            var times = new List<long>();
            while (feed.TryNext(out var item))
                for (var i = 0; item.Series == market && i < item.Bars?.Count; i++)
                    times.Add((item.Bars[i].Time - Start) / Timeframe.M1.Ticks);
            return times;
        }
        // A is ahead of B, which holds it up.
        Add(0, 0, 2);
        Add(0, 2, 8);
        Add(1, 0, 2);
        feed.Reach(0, Start + heartbeat * Timeframe.M1.Ticks);
        feed.Reach(1, Start + 2 * Timeframe.M1.Ticks);
        Read(0).ShouldBe([0, 1]);
        feed.Leave(0);
        feed.Return(0);
        Add(0, 0, 10);
        feed.End();
        Read(0).ShouldBe([2, 3, 4, 5, 6, 7, 8, 9]);
        feed.Late.Late.ShouldBe(2, "the bars that had been returned");
    }

    [Fact]
    public void Where_the_policy_is_to_stop_a_late_bar_is_a_sentence()
    {
        var late = new LateBars([Series("A", Timeframe.M1)], LateBarPolicy.Stop);
        late.Classify(0, At(Start, 1));
        late.Classify(0, At(Start, 1)).ShouldBe(Arrival.Duplicate);
        Should.Throw<BarDataException>(() => late.Classify(0,
            At(Start, 2))).Message.ShouldBe("A:1m: the bar of 2024-01-01 00:00 came a second time with other values; take the feed's "
                + "history again, or let late bars be left out");
        Should.Throw<BarDataException>(() => late.Classify(0, At(Start - 1, 2))).Message.ShouldContain("came after its time had passed");
    }
}
