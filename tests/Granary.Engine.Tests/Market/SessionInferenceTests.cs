using Granary.Engine.Market;

namespace Granary.Engine.Tests.Market;

/// <summary>The sessions that the times of bars show, and the last long bar that they finish.</summary>
public sealed class SessionInferenceTests
{
    private static readonly Timeframe[] Longer = [Timeframe.D1, Timeframe.W1, Timeframe.Mo1];

    private static TimeSpan At(string time) => time == "24:00" ? TimeSpan.FromDays(1) : TimeSpan.Parse(time);

    // The parts of a market's session, such as "09:00-11:30,12:30-15:00".
    private static SessionCalendar Hours(string zone, string parts)
    {
        var all = parts.Split(',').Select(p => p.Split('-')).ToList();
        return SessionCalendar.Daily("x", zone, At(all[0][0]), At(all[^1][1]), null,
            all.Zip(all.Skip(1), (a, b) => (At(a[1]), At(b[0]))));
    }

    // Bars of the market's sessions from one date to another.
    private static List<long> Times(SessionCalendar calendar, Timeframe timeframe, DateOnly from, DateOnly to)
    {
        var times = new List<long>();
        for (var date = from; date <= to; date = date.AddDays(1))
        {
            if (calendar.Session(date) is not { } session) continue;
            for (var time = session.Open; time < session.Close; time += timeframe.Ticks)
                if (calendar.IsOpen(time))
                    times.Add(time);
        }
        return times;
    }

    private static SessionInference Seen(Timeframe timeframe, List<long> times)
    {
        var seen = new SessionInference(timeframe);
        seen.Add([.. times]);
        return seen;
    }

    private static BarBlock Block(List<long> times) =>
        BarBlock.FromBars(0, [.. times.Select((t, i) => new Bar(t, 100 + i, 101 + i, 99 + i, 100.5 + i, 1))]);

    private static (List<Bar> Bars, Bar? Unfinished) Resample(List<long> times, Timeframe from, Timeframe to, SessionCalendar? named = null)
    {
        var calendar = named ?? Seen(from, times).InsteadOfUtc(to) ?? SessionCalendar.Continuous;
        var aggregator = new BlockAggregator(from, to, calendar, BarBlock.MaxCount);
        var bars = new List<Bar>();
        foreach (var chunk in times.Chunk(BarBlock.MaxCount)) Keep(aggregator.Add(Block([.. chunk])));
        if (aggregator.End() is { } last) Keep([last]);
        return (bars, aggregator.Unfinished);

        void Keep(IEnumerable<BarBlock> blocks)
        {
            foreach (var block in blocks)
                for (var i = 0; i < block.Count; i++)
                    bars.Add(block[i]);
        }
    }

    [Theory]
    [InlineData("America/New_York", "09:30-16:00", "30m")]
    [InlineData("Europe/London", "08:00-16:30", "15m")]
    [InlineData("Asia/Tokyo", "09:00-11:30,12:30-15:00", "30m")]
    [InlineData("Asia/Hong_Kong", "09:30-12:00,13:00-16:00", "30m")]
    [InlineData("Asia/Shanghai", "09:30-11:30,13:00-15:00", "5m")]
    [InlineData("Asia/Kolkata", "09:15-15:30", "15m")]
    [InlineData("Australia/Sydney", "10:00-16:00", "1h")]
    [InlineData("Pacific/Auckland", "10:00-16:45", "15m")]
    [InlineData("America/Chicago", "17:00-16:00", "1h")]
    public void The_hours_of_a_market_are_inferred_with_their_zone_and_their_breaks(string zone, string hours, string timeframe)
    {
        var step = Timeframe.Parse(timeframe);
        // A year with both changes of the clocks, one season, and eight days.
        foreach (var (from, to) in ((int, int)[])[(0, 365), (120, 200), (1, 11)])
        {
            var first = new DateOnly(2024, 1, 1);
            var seen = Seen(step, Times(Hours(zone, hours), step, first.AddDays(from), first.AddDays(to)));
            seen.Calendar!.ToString().ShouldBe($"{zone} {hours}");
            seen.Calendar.Days.ShouldBe([DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday]);
        }
    }

    [Fact]
    public void A_market_that_trades_around_the_clock_has_no_sessions_and_currencies_have_their_week()
    {
        var coin = Times(SessionCalendar.Continuous, Timeframe.H1, new DateOnly(2024, 1, 1), new DateOnly(2024, 12, 1));
        Seen(Timeframe.H1, coin).Calendar.ShouldBeNull();
        Seen(Timeframe.H1, coin[..30]).Calendar.ShouldBeNull();
        var currency = Times(Hours("America/New_York", "17:00-17:00"), Timeframe.H1, new DateOnly(2024, 1, 1), new DateOnly(2024, 12, 1));
        Seen(Timeframe.H1, currency).Calendar!.ToString().ShouldBe("America/New_York 17:00-17:00");
        // Days of UTC are kept for them.
        Seen(Timeframe.H1, currency).InsteadOfUtc(Timeframe.D1).ShouldBeNull();
    }

    [Fact]
    public void Days_of_a_market_that_trades_from_Sunday_to_Thursday_are_its_own()
    {
        DayOfWeek[] days = [DayOfWeek.Sunday, DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday];
        var riyadh = SessionCalendar.Daily("x", "Asia/Riyadh", At("10:00"), At("15:00"), null, null, days);
        var times = Times(riyadh, Timeframe.M30, new DateOnly(2024, 1, 7), new DateOnly(2024, 2, 29));
        Seen(Timeframe.M30, times).Calendar!.Days.ShouldBe(days);
        // 29 February is a Thursday, the last session of its month. Weeks begin on Monday, so that Sunday is the last of its week.
        foreach (var longer in (Timeframe[])[Timeframe.D1, Timeframe.Mo1]) Resample(times, Timeframe.M30, longer).Unfinished.ShouldBeNull();
        Resample(times, Timeframe.M30, Timeframe.W1).Unfinished.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("America/New_York", "09:30-16:00", "30m")]
    [InlineData("Asia/Tokyo", "09:00-11:30,12:30-15:00", "30m")]
    [InlineData("Asia/Kolkata", "09:15-15:30", "15m")]
    [InlineData("Australia/Sydney", "10:00-16:00", "1h")]
    [InlineData("Pacific/Auckland", "10:00-16:45", "15m")]
    [InlineData("America/Chicago", "17:00-16:00", "1h")]
    public void The_last_session_finishes_its_day_its_week_and_its_month_with_and_without_a_named_session(string zone, string hours,
        string timeframe)
    {
        var (step, calendar) = (Timeframe.Parse(timeframe), Hours(zone, hours));
        // Ends on Friday, 29 November 2024, or on the Mondays after the clocks have changed.
        foreach (var end in (DateOnly[])[new(2024, 11, 29), new(2024, 3, 11), new(2024, 11, 4), new(2024, 4, 8), new(2024, 10, 7)])
        {
            var times = Times(calendar, step, new DateOnly(2023, 11, 1), end);
            foreach (var named in (SessionCalendar?[])[null, calendar])
            {
                if (end == new DateOnly(2024, 11, 29) && zone == "America/New_York") continue;
                var (days, unfinished) = Resample(times, step, Timeframe.D1, named);
                unfinished.ShouldBeNull();
                days.Select(d => DateOnly.FromDateTime(d.OpenTime)).ShouldBe(
                    Enumerable.Range(0, 400).Select(new DateOnly(2023, 11, 1).AddDays).Where(d => d <= end && calendar.IsTradingDay(d)));
                days[^1].Close.ShouldBe(100.5 + (times.Count - 1) % BarBlock.MaxCount);
                foreach (var longer in (Timeframe[])[Timeframe.W1, Timeframe.Mo1])
                    Resample(times, step, longer, named).Unfinished.HasValue.ShouldBe(end.DayOfWeek != DayOfWeek.Friday);
                // A bar before the close, the day is not finished.
                Resample(times[..^1], step, Timeframe.D1, named).Unfinished.ShouldNotBeNull();
                Resample(times[..^1], step, Timeframe.D1, named).Bars.Count.ShouldBe(days.Count - 1);
            }
        }
    }

    [Fact]
    public void A_half_day_and_a_holiday_of_New_York_finish_the_day_and_the_week()
    {
        var calendar = SessionCalendar.NewYork();
        var times = Times(calendar, Timeframe.M30, new DateOnly(2024, 9, 2), new DateOnly(2024, 11, 29));
        // The day after Thanksgiving ends at 13:00, 18:00 UTC.
        times = [.. times.Where(t => t < new DateTime(2024, 11, 29, 18, 0, 0).Ticks)];
        foreach (var longer in Longer) Resample(times, Timeframe.M30, longer).Unfinished.ShouldBeNull();
        // Good Friday follows Thursday, 28 March 2024, the last session of its month.
        times = Times(calendar, Timeframe.M30, new DateOnly(2024, 1, 2), new DateOnly(2024, 3, 28));
        foreach (var longer in Longer) Resample(times, Timeframe.M30, longer).Unfinished.ShouldBeNull();
        foreach (var longer in Longer) Resample(times, Timeframe.M30, longer, calendar).Unfinished.ShouldBeNull();
        times = Times(calendar, Timeframe.M30, new DateOnly(2024, 1, 2), new DateOnly(2024, 3, 27));
        Resample(times, Timeframe.M30, Timeframe.W1).Unfinished.ShouldNotBeNull();
    }

    [Fact]
    public void Around_the_clock_only_midnight_finishes_a_day()
    {
        var times = Times(SessionCalendar.Continuous, Timeframe.H1, new DateOnly(2024, 1, 1), new DateOnly(2024, 1, 31));
        Resample(times, Timeframe.H1, Timeframe.Mo1).Unfinished.ShouldBeNull();
        Resample(times[..^1], Timeframe.H1, Timeframe.D1).Unfinished!.Value.OpenTime.ShouldBe(new DateTime(2024, 1, 31));
        Resample(times[..^1], Timeframe.H1, Timeframe.D1).Bars.Count.ShouldBe(30);
        Resample(times[..10], Timeframe.H1, Timeframe.H4).Bars.Count.ShouldBe(2);
    }

    [Fact]
    public void A_market_that_trades_seldom_finishes_its_day_although_its_last_minutes_have_no_bars()
    {
        var random = new Random(7);
        var calendar = SessionCalendar.NewYork();
        var times = Times(calendar, Timeframe.M1, new DateOnly(2024, 1, 2), new DateOnly(2024, 2, 15)).Where(_ => random.Next(4) == 0)
            .ToList();
        var close = calendar.Session(new DateOnly(2024, 2, 15))!.Value.Close;
        // As on one day in three, no minute after 15:56 has a bar.
        times = [.. times.Where(t => t < close - 4 * TimeSpan.TicksPerMinute), close - 4 * TimeSpan.TicksPerMinute];
        Resample(times, Timeframe.M1, Timeframe.D1).Unfinished.ShouldBeNull();
        Resample([.. times.Where(t => t < close - TimeSpan.TicksPerHour)], Timeframe.M1, Timeframe.D1).Unfinished.ShouldNotBeNull();
    }

    [Fact]
    public void Hours_of_a_session_that_opens_at_half_past_are_counted_from_its_open_and_others_from_midnight()
    {
        var calendar = SessionCalendar.NewYork();
        var hours = Times(calendar, Timeframe.H1, new DateOnly(2024, 1, 2), new DateOnly(2024, 1, 19));
        // 09:30 in New York is 14:30 UTC: a bar from 16:00 UTC on would hold the second half of one of 15:30.
        Resample(hours, Timeframe.H1, Timeframe.H4).Bars.Select(b => b.OpenTime.TimeOfDay).Distinct()
            .ShouldBe([At("14:30"), At("18:30")]);
        var halves = Times(calendar, Timeframe.M30, new DateOnly(2024, 1, 2), new DateOnly(2024, 1, 19));
        var four = Resample(halves, Timeframe.M30, Timeframe.H4);
        four.Bars.Select(b => b.OpenTime.TimeOfDay).Distinct().ShouldBe([At("12:00"), At("16:00"), At("20:00")]);
        (four.Bars[^1].OpenTime, four.Unfinished.HasValue).ShouldBe((new DateTime(2024, 1, 19, 20, 0, 0), false));
    }

    [Fact]
    public void Longer_bars_begin_again_after_a_break()
    {
        var tokyo = Hours("Asia/Tokyo", "09:00-11:30,12:30-15:00");
        var times = Times(tokyo, Timeframe.M30, new DateOnly(2024, 1, 4), new DateOnly(2024, 1, 4));
        // 09:00 in Tokyo is midnight UTC.
        var hours = Resample(times, Timeframe.M30, Timeframe.H1, tokyo).Bars;
        hours.Select(b => b.OpenTime.TimeOfDay).ShouldBe([At("00:00"), At("01:00"), At("02:00"), At("03:30"), At("04:30"), At("05:30")]);
        hours.Select(b => b.Volume).ShouldBe([2, 2, 1, 2, 2, 1]);
        tokyo.IsOpen(new DateTime(2024, 1, 4, 2, 45, 0).Ticks).ShouldBeFalse();
        tokyo.IsOpen(new DateTime(2024, 1, 4, 3, 30, 0).Ticks).ShouldBeTrue();
        tokyo.ToString().ShouldBe("Asia/Tokyo 09:00-11:30,12:30-15:00");
    }

    [Fact]
    public void A_session_may_open_when_the_one_before_closes()
    {
        var calendar = Hours("America/New_York", "17:00-17:00");
        // Sunday, 7 January 2024, 17:00 in New York.
        var sunday = new DateTime(2024, 1, 7, 22, 0, 0);
        calendar.Session(new DateOnly(2024, 1, 8)).ShouldBe((sunday.Ticks, sunday.AddDays(1).Ticks));
        DateOnly.FromDayNumber(calendar.LocalDay(sunday.Ticks)).ShouldBe(new DateOnly(2024, 1, 8));
        calendar.IsOpen(sunday.AddHours(-1).Ticks).ShouldBeFalse();
        var times = Times(calendar, Timeframe.H1, new DateOnly(2024, 1, 8), new DateOnly(2024, 1, 12));
        var (days, unfinished) = Resample(times, Timeframe.H1, Timeframe.D1, calendar);
        (days.Count, unfinished.HasValue, days[0].Volume).ShouldBe((5, false, 24));
        Resample(times, Timeframe.H1, Timeframe.W1, calendar).Bars.Count.ShouldBe(1);
    }
}
