using Granary.Data.BarFiles;
using Granary.Data.Replay;
using Granary.Engine.Market;
using Granary.Engine.Market.Feeds;
using Granary.Testing;

namespace Granary.Data.Tests.Replay;

public sealed class ReplayTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    // B has a night: nothing between minute 3 and minute 63.
    private CsvBarSource Markets()
    {
        Write("A", Enumerable.Range(0, 70));
        Write("B", [0, 1, 2, 63, 64]);
        Write("C", [1, 2, 65, 66]);
        return new CsvBarSource(_folder.Path);
    }

    private void Write(string symbol, IEnumerable<int> minutes) => File.WriteAllLines(Path.Combine(_folder.Path, symbol + ".csv"),
        ["time,open,high,low,close,volume",
            .. minutes.Select(m =>
                FormattableString.Invariant($"2024-01-02 {m / 60:00}:{m % 60:00},{100 + m},{101 + m},{99 + m},{100.5 + m},10"))]);

    private static BarQuery[] Queries(params string[] symbols) => [.. symbols.Select(s => new BarQuery(s, Timeframe.M1))];

    private static long Minute(int minute) => new DateTime(2024, 1, 2, minute / 60, minute % 60, 0, DateTimeKind.Utc).Ticks;

    [Fact]
    public async Task Bars_of_all_symbols_come_in_strict_order_of_time_and_each_timestamp_is_closed_by_a_heartbeat()
    {
        await using var replay = await BarReplay.OpenAsync(Markets(), Queries("A", "B", "C"), ReplaySpeed.AsFastAsPossible, _clock);
        var items = await AllAsync(replay);
        items[^1].Kind.ShouldBe(FeedItemKind.End);
        var bars = items.Where(i => i.Kind == FeedItemKind.Bars).ToList();
        bars.Count.ShouldBe(79);
        bars.Zip(bars.Skip(1))
            .ShouldAllBe(p => p.First.Time < p.Second.Time || p.First.Time == p.Second.Time && p.First.Series < p.Second.Series);
        // aligned: of one time slice come all that have a bar, then its heartbeat
        items.Take(4).Select(i => (i.Kind, i.Series, i.Time)).ShouldBe([
            (FeedItemKind.Bars, 0, Minute(1)), (FeedItemKind.Bars, 1, Minute(1)), (FeedItemKind.Heartbeat, 0, Minute(1)),
            (FeedItemKind.Bars, 0, Minute(2))]);
        items.Count(i => i.Kind == FeedItemKind.Heartbeat).ShouldBe(70);
        replay.Reached.ShouldBe(Minute(70));
    }

    [Fact]
    public async Task Larger_blocks_hold_the_same_bars_and_order_holds_between_heartbeats()
    {
        await using var replay =
            await BarReplay.OpenAsync(Markets(), Queries("A", "B", "C"), ReplaySpeed.AsFastAsPossible, _clock, blockSize: 16);
        var items = await AllAsync(replay);
        items.Where(i => i.Bars is not null && i.Series == 0).Sum(i => i.Bars!.Count).ShouldBe(70);
        items.Count(i => i.Kind == FeedItemKind.Heartbeat).ShouldBe(5);
        var reached = 0L;
        foreach (var item in items)
        {
            if (item.Bars is { } block) block.Time[0].ShouldBeGreaterThan(reached - Timeframe.M1.Ticks);
            if (item.Kind == FeedItemKind.Heartbeat) reached = item.Time;
        }
    }

    [Theory]
    [InlineData("realtime", null, 60, 3600)]
    [InlineData("realtime", "90s", 60, 90)]
    [InlineData("x60", null, 1, 60)]
    [InlineData("x60", "2s", 1, 2)]
    [InlineData("fixed:250ms", null, 0.25, 0.25)]
    public async Task Market_time_passes_at_the_replay_speed_and_a_gap_lasts_no_longer_than_its_cap(string speed, string? maxGap,
        double minute,
        double night)
    {
        Markets();
        await using var replay =
            await BarReplay.OpenAsync(new CsvBarSource(_folder.Path), Queries("B"), ReplaySpeed.Parse(speed, maxGap), _clock);
        var waits = new List<double>();
        await foreach (var item in replay.ReadAsync())
        {
            if (item.Kind != FeedItemKind.Bars) continue;
            waits.Add(_clock.GetUtcNow().Subtract(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds);
            if (waits.Count < 5) _ = Task.Run(async () => _clock.Advance(await _clock.WaitedForAsync()));
        }
        // minutes 0 1 2 63 64: the night is 61 minutes
        var expected = night == 3600 ? 61 * 60 : night == 60 ? 61 : night;
        waits.Zip(waits.Skip(1), (a, b) => Math.Round(b - a, 6)).ShouldBe([minute, minute, expected, minute]);
    }

    [Fact]
    public async Task The_replay_catches_up_after_slow_work_between_two_timestamps()
    {
        Markets();
        await using var replay = await BarReplay.OpenAsync(new CsvBarSource(_folder.Path), Queries("A"), ReplaySpeed.RealTime(), _clock);
        var reader = replay.ReadAsync().GetAsyncEnumerator();
        await NextBar(reader);
        _clock.Advance(TimeSpan.FromSeconds(150)); // the work for the first bar
        (await NextBar(reader)).Time.ShouldBe(Minute(2));
        (await NextBar(reader)).Time.ShouldBe(Minute(3));
        var fourth = NextBar(reader);
        (await _clock.WaitedForAsync()).ShouldBe(TimeSpan.FromSeconds(30));
        _clock.Advance(TimeSpan.FromSeconds(30));
        (await fourth).Time.ShouldBe(Minute(4));
    }

    [Fact]
    public async Task A_pause_stops_market_time_in_the_middle_of_a_wait_and_resuming_waits_out_the_rest()
    {
        Markets();
        await using var replay = await BarReplay.OpenAsync(new CsvBarSource(_folder.Path), Queries("A"), ReplaySpeed.RealTime(), _clock);
        var reader = replay.ReadAsync().GetAsyncEnumerator();
        await NextBar(reader);
        var second = NextBar(reader);
        (await _clock.WaitedForAsync()).ShouldBe(TimeSpan.FromSeconds(60));
        _clock.Advance(TimeSpan.FromSeconds(20));
        replay.Pause();
        while (_clock.NextDue is not null) await Task.Yield();
        _clock.Advance(TimeSpan.FromHours(8));
        second.IsCompleted.ShouldBeFalse();
        replay.Resume();
        (await _clock.WaitedForAsync()).ShouldBe(TimeSpan.FromSeconds(40));
        _clock.Advance(TimeSpan.FromSeconds(40));
        (await second).Time.ShouldBe(Minute(2));
    }

    [Fact]
    public async Task Seeking_goes_on_at_the_first_bar_from_there_forwards_and_back()
    {
        await using var replay = await BarReplay.OpenAsync(Markets(), Queries("A", "B", "C"), ReplaySpeed.AsFastAsPossible, _clock);
        var times = new List<(int Series, long Time)>();
        await foreach (var item in replay.ReadAsync())
        {
            if (item.Kind != FeedItemKind.Bars) continue;
            times.Add((item.Series, item.Bars!.Time[0]));
            if (times.Count == 3) replay.Seek(Minute(63));
            else if (times.Count == 9) replay.Seek(Minute(68));
        }
        times.ShouldBe([(0, Minute(0)), (1, Minute(0)), (0, Minute(1)), (1, Minute(1)), (2, Minute(1)),
            (0, Minute(63)), (1, Minute(63)), (0, Minute(64)), (1, Minute(64)), (0, Minute(68)), (0, Minute(69))]);
    }

    [Fact]
    public async Task A_seek_ends_a_wait_and_may_go_back_to_the_start()
    {
        Markets();
        await using var replay = await BarReplay.OpenAsync(new CsvBarSource(_folder.Path), Queries("B"), ReplaySpeed.RealTime(), _clock);
        var reader = replay.ReadAsync().GetAsyncEnumerator();
        await NextBar(reader);
        var next = NextBar(reader);
        await _clock.WaitedForAsync();
        replay.Seek(Minute(0));
        (await next).Time.ShouldBe(Minute(1));
    }

    // Calls back when its timestamp is read next.
    private sealed class WatchedClock(TimeProvider inner) : TimeProvider
    {
        public Action? Next { get; set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            inner.CreateTimer(callback, state, dueTime, period);

        public override long GetTimestamp()
        {
            var next = Next;
            Next = null;
            next?.Invoke();
            return inner.GetTimestamp();
        }
    }

    [Fact]
    public async Task A_seek_in_the_moment_before_a_wait_is_followed_by_its_bar_without_a_wait()
    {
        Write("A", Enumerable.Range(0, 70));
        var clock = new WatchedClock(_clock);
        await using var replay = await BarReplay.OpenAsync(new CsvBarSource(_folder.Path), Queries("A"), ReplaySpeed.RealTime(), clock);
        var reader = replay.ReadAsync().GetAsyncEnumerator();
        clock.Next = () => replay.Seek(Minute(60));
        (await NextBar(reader).WaitAsync(Eventually.Longest)).Time.ShouldBe(Minute(61));
    }

    [Theory]
    [InlineData("fast", null, "--pace fast is not a replay speed; use asap, fixed:100ms, realtime or x60")]
    [InlineData("x0", null, "--pace x0 is not a replay speed")]
    [InlineData("x-1", null, "is not a replay speed")]
    [InlineData("fixed:ten", null, "--pace fixed ten is not a length of time")]
    [InlineData("realtime", "1y", "--max-gap 1y is not a length of time")]
    public void A_wrong_replay_speed_is_an_error_of_one_sentence(string speed, string? maxGap, string sentence) =>
        Should.Throw<BarDataException>(() => ReplaySpeed.Parse(speed, maxGap)).Message.ShouldStartWith(sentence.StartsWith("is",
            StringComparison.Ordinal) ? $"--pace {speed} is not a replay speed" : sentence);

    [Fact]
    public async Task An_unknown_symbol_is_reported_before_anything_is_replayed() =>
        (await Should.ThrowAsync<BarDataException>(() => BarReplay.OpenAsync(Markets(), Queries("A", "D"), ReplaySpeed.AsFastAsPossible,
            _clock))).Message.ShouldContain("'D'");

    [Theory]
    [InlineData("x60", 2.0 / 3)]
    [InlineData("asap", 0)]
    [InlineData("x0.5", 80)]
    [InlineData("fixed:3s", 2)]
    public async Task A_new_replay_speed_applies_to_the_rest_of_a_wait_that_has_begun(string speed, double left)
    {
        Markets();
        await using var replay = await BarReplay.OpenAsync(new CsvBarSource(_folder.Path), Queries("A"), ReplaySpeed.RealTime(), _clock);
        var reader = replay.ReadAsync().GetAsyncEnumerator();
        await NextBar(reader);
        var second = NextBar(reader);
        (await _clock.WaitedForAsync()).ShouldBe(TimeSpan.FromSeconds(60));
        _clock.Advance(TimeSpan.FromSeconds(20)); // two thirds are left
        replay.Speed = ReplaySpeed.Parse(speed);
        if (left > 0)
        {
            await Eventually.HoldsAsync(() => _clock.NextDue is { } due
                && Math.Abs((due - _clock.GetUtcNow()).TotalSeconds - left) <= 0.001);
            second.IsCompleted.ShouldBeFalse();
            _clock.Advance(TimeSpan.FromSeconds(left + 0.001));
        }
        (await second).Time.ShouldBe(Minute(2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task With_any_markets_speed_and_pauses_each_bar_comes_once_in_order_at_its_time(int seed)
    {
        var random = new Random(seed);
        var markets = new List<(BarQuery Query, List<long> Opens)>();
        for (var m = 0; m <= random.Next(6); m++)
        {
            // hours of their own: each trades for a while, with holes, and sleeps
            Timeframe[] lengths = [Timeframe.M1, Timeframe.M5, Timeframe.M15];
            var query = new BarQuery("M" + m, lengths[random.Next(3)]);
            var step = (int)(query.Timeframe.Ticks / TimeSpan.TicksPerMinute);
            List<int> minutes =
                [.. Enumerable.Range(0, 600 / step).Select(i => i * step).Where(i => (i / 60 + m) % 3 != 0 && random.Next(3) > 0)];
            if (minutes.Count < 3) minutes = [0, 2 * step, 3 * step];
            Write(query.Symbol, minutes);
            markets.Add((query, [.. minutes.Select(Minute)]));
        }
        var expected = markets.SelectMany((m, place) => m.Opens.Select(o => (Close: o + m.Query.Timeframe.Ticks, Place: place)))
            .OrderBy(b => b.Close).ThenBy(b => b.Place).ToList();
        ReplaySpeed[] speeds = [ReplaySpeed.RealTime(), ReplaySpeed.RealTime(TimeSpan.FromSeconds(90)), ReplaySpeed.Speed(7.5),
            ReplaySpeed.Speed(0.3, TimeSpan.FromMinutes(10)), ReplaySpeed.Every(TimeSpan.FromSeconds(2)), ReplaySpeed.AsFastAsPossible];
        var speed = speeds[random.Next(speeds.Length)];
        await using var replay = await BarReplay.OpenAsync(new CsvBarSource(_folder.Path), [.. markets.Select(m => m.Query)], speed,
            _clock);
        using var done = new CancellationTokenSource();
        var time = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                if (_clock.NextDue is { } due) _clock.Advance(due - _clock.GetUtcNow());
                else await Task.Yield();
            }
        });
        var got = new List<(long Close, int Place)>();
        var (reached, due, timestamps) = (0L, _clock.GetUtcNow(), 0);
        await foreach (var item in replay.ReadAsync())
        {
            if (item.Bars is { } block)
            {
                block.Count.ShouldBe(1);
                got.Add((item.Time, item.Series));
                item.Time.ShouldBeGreaterThan(reached, "nothing comes behind the heartbeat of its timestamp");
            }
            if (item.Kind != FeedItemKind.Heartbeat) continue;
            // The first time slice comes at once, each other when its wait is over.
            if (timestamps++ > 0) due += speed.Wait(new TimeSpan(item.Time - reached));
            (_clock.GetUtcNow() - due).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
            reached = item.Time;
            if (random.Next(10) > 0) continue;
            var pause = TimeSpan.FromMinutes(random.Next(1, 500));
            replay.Pause();
            _clock.Advance(pause);
            replay.Resume();
            due += pause;
        }
        await done.CancelAsync();
        await time;
        got.ShouldBe(expected);
        timestamps.ShouldBe(expected.Select(b => b.Close).Distinct().Count());
    }

    private static async Task<List<FeedItem>> AllAsync(BarReplay replay)
    {
        var items = new List<FeedItem>();
        await foreach (var item in replay.ReadAsync()) items.Add(item);
        return items;
    }

    private static async Task<FeedItem> NextBar(IAsyncEnumerator<FeedItem> reader)
    {
        while (await reader.MoveNextAsync())
            if (reader.Current.Kind == FeedItemKind.Bars)
                return reader.Current;
        throw new InvalidOperationException("the feed has ended");
    }
}
