using System.Globalization;
using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Tests.Factors;

/// <summary>Factors that go by the venue's clock, on days worked out by hand.</summary>
public class SessionFactorTests
{
    private static readonly MarketSeries HalfHours = SampleBars.Series(Timeframe.M30, 2, SessionCalendar.NewYork());

    private static long Utc(string time) =>
        DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal).Ticks;

    private static Bar At(string time, double open, double high, double low, double close, double volume = 100) =>
        new(Utc(time), open, high, low, close, volume);

    // Friday 8 March 2024 in winter time (open 14:30 UTC), Monday 11 March in summer time (open 13:30 UTC); each with a bar before the
    // open.
    private static readonly Bar[] TwoDays =
    [
        At("2024-03-08T14:00", 98, 99, 97, 98.5),
        At("2024-03-08T14:30", 100, 104, 99, 101),
        At("2024-03-08T15:00", 101, 106, 100, 105),
        At("2024-03-08T15:30", 105, 105.5, 98, 99),
        At("2024-03-11T13:00", 101, 103, 100, 102),
        At("2024-03-11T13:30", 102, 103, 101, 102.5),
        At("2024-03-11T14:00", 102.5, 110, 102, 110),
    ];

    private static double[] Column(string factor, MarketSeries? series = null, Bar[]? bars = null) =>
        FactorColumns.Compute(series ?? HalfHours, [BarBlock.FromBars(0, bars ?? TwoDays)], [factor], FactorCatalogue.BuiltIn)[0];

    private static void Is(double[] column, params double[] expected) =>
        column.Select(v => Math.Round(v, 9)).ShouldBe(expected.Select(v => Math.Round(v, 9)));

    private const double None = double.NaN;

    [Fact]
    public void The_opening_range_is_known_when_its_last_bar_has_closed_and_lasts_all_day()
    {
        Is(Column("opening-range(30).upper"), None, 104, 104, 104, None, 103, 103);
        Is(Column("opening-range(60).lower"), None, None, 99, 99, None, None, 101);
    }

    [Fact]
    public void An_opening_range_needs_bars_that_fit_into_it() =>
        Should.Throw<InputException>(() =>
            Column("opening-range(15)")).Message.ShouldBe("opening-range(15) needs bars of at most 15 minutes, and TEST:30m has longer "
                + "ones");

    [Fact]
    public void Where_the_market_never_closes_the_opening_range_begins_with_the_days_first_bar()
    {
        var series = SampleBars.Series(Timeframe.M30);
        Is(Column("opening-range(60).upper", series), None, 104, 104, 104, None, 103, 103);
    }

    [Fact]
    public void The_gap_leads_from_the_last_sessions_close_to_this_ones_open() =>
        Is(Column("gap"), None, None, None, None, None, 100 * 3 / 99.0, 100 * 3 / 99.0);

    [Fact]
    public void A_daily_bar_is_a_session_of_its_own()
    {
        var daily = SampleBars.Series(Timeframe.D1, 2, SessionCalendar.NewYork());
        Bar[] bars = [At("2024-03-07", 10, 12, 9, 10), At("2024-03-08", 11, 12, 10, 12)];
        Is(Column("gap", daily, bars), None, 10);
        Is(Column("day-type", daily, bars), 0, 0.5);
        Is(Column("bars-since(session)", daily, bars), 0, 0);
        Is(Column("day-of-week", daily, bars), 4, 5);
    }

    [Fact]
    public void A_day_that_opened_at_its_low_and_stands_at_its_high_measures_one()
    {
        Is(Column("day-type"), None, 0.2, 5 / 7.0, -1 / 8.0, (102 - 100) / 8.0, 0.25, 8 / 9.0);
        Is(Column("day-type(1).range"), None, None, None, None, None, 2 / 8.0, 9 / 8.0);
    }

    [Fact]
    public void The_clock_is_that_of_the_exchange_and_follows_daylight_saving()
    {
        Is(Column("hour-of-day"), 9, 9, 10, 10, 9, 9, 10);
        Is(Column("hour-of-day.minute"), 540, 570, 600, 630, 540, 570, 600);
        Is(Column("day-of-week"), 5, 5, 5, 5, 1, 1, 1);
    }

    [Fact]
    public void The_session_average_price_restarts_at_the_open()
    {
        double[] typical = [.. TwoDays.Select(b => (b.High + b.Low + b.Close) / 3)];
        Is(Column("vwap"), typical[0], typical[1], (typical[1] + typical[2]) / 2, (typical[1] + typical[2] + typical[3]) / 3, typical[4],
            typical[5], (typical[5] + typical[6]) / 2);
        Is(Column("vwap(2024-03-11)")[3..6], None, typical[4], (typical[4] + typical[5]) / 2);
    }

    [Fact]
    public void An_anchor_that_is_none_is_refused_with_the_choice() =>
        Should.Throw<InputException>(() => FactorCatalogue.BuiltIn.Parse("vwap(lunch)")).Message
            .ShouldBe("vwap(lunch): anchor = lunch: use session, week, month, start or a date as 2024-03-01");

    [Fact]
    public void Pivots_are_made_of_the_day_before()
    {
        // Friday: high 106, low 97 (the bar before the open belongs to the day), close 99.
        var pivot = (106 + 97 + 99) / 3.0;
        Is(Column("pivot-points"), None, None, None, None, pivot, pivot, pivot);
        Is(Column("pivot-points.r1")[4..], 2 * pivot - 97, 2 * pivot - 97, 2 * pivot - 97);
        Is(Column("pivot-points(day,camarilla).s4")[4..5], 99 - 1.1 / 2 * 9);
        Is(Column("pivot-points(day,demark).r1")[4..5], (106 * 2 + 97 + 99) / 2.0 - 97);
    }

    [Fact]
    public void Bars_are_counted_from_the_sessions_first() => Is(Column("bars-since"), None, 0, 1, 2, 3, 0, 1);

    [Fact]
    public void Support_is_where_the_market_turned_twice()
    {
        // Lows at 10.0 and 10.1 and a high at 14 twice; the close ends between them. Highs and lows lie 0.2 around a zigzag.
        double[] path = [12, 11, 10.2, 11, 12, 13, 13.8, 13, 12, 11, 10.3, 11, 12, 13, 13.8, 13, 12, 11.5, 12.2];
        var bars = path.Select((p, i) => new Bar(i * Timeframe.M30.Ticks, p, p + 0.2, p - 0.2, p, 1)).ToArray();
        var series = SampleBars.Series(Timeframe.M30, 2);
        Column("support-resistance(100,2,0.5).support", series, bars)[^1].ShouldBe((10.0 + 10.1) / 2, 1e-12);
        Column("support-resistance(100,2,0.5).resistance", series, bars)[^1].ShouldBe(14.0, 1e-12);
        Column("support-resistance(100,2,0.5).resistance-touches", series, bars)[^1].ShouldBe(2);
        // The second high stands at bar 15 (from 1) and is a turn two bars later, not before.
        Column("support-resistance(100,2,0.5).resistance", series, bars)[15].ShouldBe(double.NaN);
        Column("support-resistance(100,2,0.5).resistance", series, bars)[16].ShouldBe(14.0, 1e-12);
    }
}
