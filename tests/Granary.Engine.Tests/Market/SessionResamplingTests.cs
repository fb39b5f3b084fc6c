using Granary.Engine.Market;

namespace Granary.Engine.Tests.Market;

/// <summary>Longer bars of markets with sessions: counted from the session's open, in the session's days.</summary>
public sealed class SessionResamplingTests
{
    private static readonly SessionCalendar Futures = SessionCalendar.Daily("CME", "America/New_York", new TimeSpan(18, 0, 0),
        new TimeSpan(17, 0, 0), [new DateOnly(2024, 3, 29)]);

    private static DateTime Utc(int month, int day, int hour, int minute = 0) => new(2024, month, day, hour, minute, 0, DateTimeKind.Utc);

    private static List<Bar> Resample(IEnumerable<DateTime> times, Timeframe from, Timeframe to, SessionCalendar calendar)
    {
        var aggregator = new BarAggregator(from, to, calendar);
        var bars = new List<Bar>();
        foreach (var time in times)
        {
            aggregator.Add(new Bar(time.Ticks, 1, 2, 0.5, 1.5, 1), out var before, out var completed);
            if (before is { } b) bars.Add(b);
            if (completed is { } c) bars.Add(c);
        }
        if (aggregator.Unfinished is { } last) bars.Add(last);
        return bars;
    }

    private static IEnumerable<DateTime> Every(DateTime from, DateTime to, TimeSpan step, Func<DateTime, bool>? only = null)
    {
        for (var time = from; time < to; time += step)
            if (only is null || only(time))
                yield return time;
    }

    [Theory]
    [InlineData(1, 14, 30)] // New York is five hours behind in winter,
    [InlineData(7, 13, 30)] // four in summer.
    public void Four_hours_of_a_stock_session_are_counted_from_its_open_and_cut_at_its_close(int month, int hour, int minute)
    {
        var open = Utc(month, 10, hour, minute);
        var bars = Resample(Every(open, open.AddHours(6.5), TimeSpan.FromMinutes(30)), Timeframe.M30, Timeframe.H4,
            SessionCalendar.NewYork());
        bars.Select(b => b.OpenTime).ShouldBe([open, open.AddHours(4)]);
        bars.Select(b => b.Volume).ShouldBe([8, 5]);
    }

    [Fact]
    public void What_trades_before_and_after_a_session_has_bars_of_its_own()
    {
        var open = Utc(1, 10, 14, 30);
        var bars = Resample(Every(open.AddHours(-2), open.AddHours(8.5), TimeSpan.FromMinutes(30)), Timeframe.M30, Timeframe.H4,
            SessionCalendar.NewYork());
        bars.Select(b => b.OpenTime).ShouldBe([open.AddHours(-4), open, open.AddHours(4), open.AddHours(6.5)]);
        bars.Select(b => b.Volume).ShouldBe([4, 8, 5, 4]);
    }

    [Fact]
    public void A_session_that_crosses_midnight_belongs_to_the_day_on_which_it_closes()
    {
        // Sunday evening in New York, in winter: Monday's session.
        var open = Utc(1, 7, 23);
        var monday = DateOnly.FromDateTime(Utc(1, 8, 0));
        Futures.CrossesMidnight.ShouldBeTrue();
        Futures.Session(monday).ShouldBe((open.Ticks, Utc(1, 8, 22).Ticks));
        Futures.IsOpen(open.Ticks).ShouldBeTrue();
        Futures.IsOpen(open.Ticks - 1).ShouldBeFalse();
        Futures.IsOpen(Utc(1, 8, 22).Ticks).ShouldBeFalse();
        Futures.IsOpen(Utc(1, 8, 23).Ticks).ShouldBeTrue();
        // Friday's close ends the week, and the evening before a holiday is no session.
        Futures.IsOpen(Utc(1, 12, 23).Ticks).ShouldBeFalse();
        Futures.IsOpen(Utc(3, 28, 23).Ticks).ShouldBeFalse();
        DateOnly.FromDayNumber(Futures.LocalDay(open.Ticks)).ShouldBe(monday);
        Futures.EndOfDay(open.Ticks).ShouldBe(Utc(1, 8, 22).Ticks - 1);
    }

    [Fact]
    public void Four_hours_and_days_of_such_a_session_are_counted_from_its_evening()
    {
        var hours = Every(Utc(1, 7, 23), Utc(1, 9, 22), TimeSpan.FromHours(1), t => Futures.IsOpen(t.Ticks)).ToList();
        hours.Count.ShouldBe(46);
        var four = Resample(hours, Timeframe.H1, Timeframe.H4, Futures);
        four.Take(7).Select(b => b.OpenTime)
            .ShouldBe([Utc(1, 7, 23), Utc(1, 8, 3), Utc(1, 8, 7), Utc(1, 8, 11), Utc(1, 8, 15), Utc(1, 8, 19), Utc(1, 8, 23)]);
        four.Take(7).Select(b => b.Volume).ShouldBe([4, 4, 4, 4, 4, 3, 4]);
        var days = Resample(hours, Timeframe.H1, Timeframe.D1, Futures);
        days.Select(b => b.OpenTime).ShouldBe([Utc(1, 8, 0), Utc(1, 9, 0)]);
        days.Select(b => b.Volume).ShouldBe([23, 23]);
    }

    [Fact]
    public void Longer_bars_follow_one_another_and_hold_each_short_bar_once_whatever_the_session()
    {
        var random = new Random(1);
        foreach (var zone in new[] { "America/New_York", "Europe/London", "Asia/Tokyo", "Australia/Sydney" })
            for (var i = 0; i < 20; i++)
            {
                var (open, close) = (TimeSpan.FromMinutes(15 * random.Next(96)), TimeSpan.FromMinutes(15 * random.Next(96)));
                if (open == close) continue;
                var calendar = SessionCalendar.Daily("x", zone, open, close);
                var times = Every(Utc(3, 1, 0), Utc(4, 10, 0), TimeSpan.FromMinutes(15)).Where(_ => random.Next(10) > 0).ToList();
                foreach (var to in new[] { Timeframe.H1, Timeframe.H4, Timeframe.D1 })
                {
                    var bars = Resample(times, Timeframe.M15, to, calendar);
                    bars.Sum(b => b.Volume).ShouldBe(times.Count);
                    bars.Zip(bars.Skip(1)).Count(p => p.First.Time >= p.Second.Time).ShouldBe(0, $"{zone} {open}-{close} {to}");
                }
                // A day begins where the day of its timestamps does.
                foreach (var time in times.Take(500))
                {
                    var day = calendar.LocalDay(time.Ticks);
                    calendar.StartOfDay(day).ShouldBeLessThanOrEqualTo(time.Ticks);
                    calendar.StartOfDay(day + 1).ShouldBeGreaterThan(time.Ticks);
                }
            }
    }

    [Fact]
    public void A_session_of_impossible_times_or_breaks_is_refused()
    {
        Should.Throw<InputException>(() => SessionCalendar.Daily("x", "UTC", TimeSpan.FromDays(1), new TimeSpan(9, 0, 0))).Message
            .ShouldBe("a session opens at a time from 00:00 to 23:59 and closes at one from 00:00 to 24:00");
        foreach (var (from, to) in ((int, int)[])[(8, 10), (9, 10), (12, 12), (14, 16), (15, 18)])
            Should.Throw<InputException>(() => SessionCalendar.Daily("x", "UTC", new TimeSpan(9, 0, 0), new TimeSpan(16, 0, 0), null,
                [(new TimeSpan(from, 0, 0), new TimeSpan(to, 0, 0))])).Message
                .ShouldBe("the breaks of a session lie within it, one after the other");
    }
}
