using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Quality;

/// <summary>The data check judges the first bars, lasting steps and long holes too, and says what it could not judge.</summary>
public sealed class FirstAndFarBarsTests
{
    private static readonly DateTime Start = new(2019, 6, 3);

    private static async Task<IReadOnlyList<Finding>> Check(IEnumerable<Bar> bars, Timeframe? timeframe = null,
        SessionCalendar? calendar = null, bool equity = true)
    {
        var step = timeframe ?? Timeframe.D1;
        var report = await DataCheck.SeriesAsync(new MemoryBarSeries(new Instrument
        {
            Symbol = "S",
            Calendar = calendar ?? SessionCalendar.Continuous,
            DailyEquity = equity && step == Timeframe.D1,
        }, step, [.. bars], []), TestContext.Current.CancellationToken);
        return report.Findings;
    }

    private static IEnumerable<DateTime> Weekdays(DateTime from, int count) =>
        Enumerable.Range(0, 2 * count).Select(d => from.AddDays(d)).Where(d => d.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            .Take(count);

    // A seeded market that moves about 1 % from bar to bar; a factor multiplies the prices of a bar.
    private static List<Bar> Prices(IEnumerable<DateTime> times, Func<int, double>? factor = null)
    {
        var (random, price, bars) = (new Random(5), 580.0, new List<Bar>());
        foreach (var (i, time) in times.Index())
        {
            var close = price * (1 + (random.NextDouble() - 0.5) / 50);
            var f = factor?.Invoke(i) ?? 1;
            var (high, low) = (Math.Max(price, close) * 1.002, Math.Min(price, close) * 0.998);
            bars.Add(new Bar(time.Ticks, price * f, high * f, low * f, close * f, 1000));
            price = close;
        }
        return bars;
    }

    private static string Day(IReadOnlyList<Bar> bars, int index) => bars[index].OpenTime.ToString("yyyy-MM-dd");

    [Theory]
    [InlineData(1), InlineData(2), InlineData(10), InlineData(19), InlineData(45), InlineData(200), InlineData(248)]
    public async Task A_wrong_price_is_found_at_any_place(int at)
    {
        foreach (var factor in (double[])[100, 0.01, 1.6])
        {
            var bars = Prices(Weekdays(Start, 250), i => i == at ? factor : 1);
            var found = (await Check(bars)).Where(f => f.Severity == Severity.Warning).ShouldHaveSingleItem();
            (found.Check, found.Place).ShouldBe((QualityCheck.Outlier, Day(bars, at)));
            found.Sentence.ShouldEndWith("and comes back at the next bar, as a wrong price does");
        }
    }

    [Fact]
    public async Task A_wrong_price_of_the_first_or_the_last_bar_is_found()
    {
        var first = Prices(Weekdays(Start, 250), i => i == 0 ? 100 : 1);
        (await Check(first)).ShouldContain(f => f.Severity == Severity.Warning && f.Place == Day(first, 1));
        var last = Prices(Weekdays(Start, 250), i => i == 249 ? 100 : 1);
        (await Check(last)).ShouldContain(f => f.Severity == Severity.Warning && f.Place == Day(last, 249));
        var high = Prices(Weekdays(Start, 250));
        high[5] = high[5] with { High = high[5].High * 10 };
        (await Check(high)).ShouldContain(f => f.Severity == Severity.Warning && f.Place == Day(high, 5)
            && f.Sentence.StartsWith("the high lies ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(100, "1:100"), InlineData(0.01, "100:1"), InlineData(0.1, "10:1"), InlineData(0.5, "2:1"), InlineData(0.025, "40:1")]
    [InlineData(500, "1:500")]
    public async Task A_step_that_lasts_is_a_warning_early_and_late(double factor, string split)
    {
        foreach (var at in (int[])[8, 120])
        {
            var bars = Prices(Weekdays(Start, 250), i => i >= at ? factor : 1);
            var found = (await Check(bars)).Where(f => f.Severity == Severity.Warning).ShouldHaveSingleItem();
            (found.Check, found.Place).ShouldBe((QualityCheck.Split, Day(bars, at)));
            found.Sentence.ShouldContain($"a {split} split");
        }
        // By a factor of no split, or within a session, it is a step.
        var odd = Prices(Weekdays(Start, 250), i => i >= 120 ? 33.4 : 1);
        (await Check(odd)).Where(f => f.Severity == Severity.Warning).ShouldHaveSingleItem().Sentence.ShouldContain("it steps from");
        var hours = Prices(Enumerable.Range(0, 500).Select(h => Start.AddHours(h)), i => i >= 100 ? 100 : 1);
        (await Check(hours, Timeframe.H1)).Where(f => f.Severity == Severity.Warning).ShouldHaveSingleItem()
            .Check.ShouldBe(QualityCheck.Outlier);
    }

    [Fact]
    public async Task A_stretch_of_prices_in_another_unit_is_found_at_both_ends()
    {
        var bars = Prices(Weekdays(Start, 250), i => i is >= 40 and < 60 ? 100 : 1);
        (await Check(bars)).Where(f => f.Severity == Severity.Warning).Select(f => f.Place).ShouldBe([Day(bars, 40), Day(bars, 60)]);
    }

    [Fact]
    public async Task Few_bars_are_said_to_be_too_few()
    {
        (await Check(Prices(Weekdays(Start, 15)))).ShouldHaveSingleItem().Check.ShouldBe(QualityCheck.Unjudged);
        (await Check(Prices(Weekdays(Start, 15), i => i == 7 ? 100 : 1))).ShouldContain(f => f.Severity == Severity.Warning);
        (await Check(Prices(Weekdays(Start, 250)))).ShouldNotContain(f => f.Check == QualityCheck.Unjudged);
    }

    [Theory]
    [InlineData(1), InlineData(3), InlineData(6), InlineData(11), InlineData(21), InlineData(100)]
    public async Task A_hole_of_years_is_found(int years)
    {
        // Every day, or weekdays: half of the bars before the hole, or all but the last.
        foreach (var before in (int[])[70, 139])
            foreach (var equity in (bool[])[true, false])
            {
                var days = equity ? Weekdays(Start, 140).ToList() : [.. Enumerable.Range(0, 140).Select(d => Start.AddDays(d))];
                var bars = Prices(days.Select((d, i) => i < before ? d : d.AddDays(years * 364)));
                // Bars after the hole may lie in the future, which is another finding.
                var found = (await Check(bars, equity: equity))
                    .Where(f => f.Severity == Severity.Warning && f.Check != QualityCheck.Unclosed).ShouldHaveSingleItem();
                (found.Check, found.Place).ShouldBe((QualityCheck.Gap, Day(bars, before - 1)));
                // On 9 January 2025 the exchanges of New York were closed.
                var missing = years * (equity ? 260 : 364) - (equity && years > 5 ? 1 : 0);
                found.Sentence.ShouldBe($"{missing} bars are missing until {Day(bars, before)}");
            }
    }

    [Fact]
    public async Task A_break_at_noon_is_no_gap_by_its_habit_or_by_the_session()
    {
        var tokyo = SessionCalendar.Daily("custom", "Asia/Tokyo", TimeSpan.FromHours(9), TimeSpan.FromHours(15), null,
            [(TimeSpan.FromHours(11.5), TimeSpan.FromHours(12.5))]);
        var times = Enumerable.Range(0, 120).Select(d => new DateOnly(2023, 1, 4).AddDays(d)).SelectMany(tokyo.Parts)
            .SelectMany(p => Enumerable.Range(0, 5).Select(i => new DateTime(p.Open).AddMinutes(30 * i))).ToList();
        foreach (var calendar in (SessionCalendar?[])[null, tokyo])
        {
            (await Check(Prices(times), Timeframe.M30, calendar)).ShouldBeEmpty();
            var lost = times.Where(t => t != new DateTime(2023, 2, 1, 1, 0, 0)).ToList();
            (await Check(Prices(lost), Timeframe.M30, calendar)).ShouldContain(f => f.Check == QualityCheck.Gap
                && f.Severity == Severity.Warning && f.Sentence == "1 bar is missing until 2023-02-01 01:30");
        }
    }

    [Fact]
    public async Task The_calendar_of_New_York_knows_holidays_and_half_days_and_names_a_session_without_bars()
    {
        var stocks = SessionCalendar.NewYork();
        var times = new List<DateTime>();
        for (var date = new DateOnly(2023, 6, 1); date < new DateOnly(2024, 2, 1); date = date.AddDays(1))
        {
            if (stocks.Session(date) is not { } session || UsHolidays.Contains(date)) continue;
            var close = UsHolidays.IsHalfDay(date) ? session.Close - 3 * TimeSpan.TicksPerHour : session.Close;
            for (var time = session.Open; time < close; time += Timeframe.M30.Ticks) times.Add(new DateTime(time));
        }
        var found = await Check(Prices(times), Timeframe.M30, stocks);
        found.ShouldHaveSingleItem().Sentence.ShouldBe("there are no bars on 2023-06-19, 2023-07-04, 2023-09-04, 2023-11-23, "
            + "2023-12-25 and 2 more days, regular holidays of the exchanges of the United States");
        // 2 August 2023 was a Wednesday.
        found = await Check(Prices(times.Where(t => t.Date != new DateTime(2023, 8, 2))), Timeframe.M30, stocks);
        var gap = found.Where(f => f.Severity == Severity.Warning).ShouldHaveSingleItem();
        (gap.Place, gap.Sentence).ShouldBe(("2023-08-01 19:30", "13 bars are missing until 2023-08-03 13:30"));
    }
}
