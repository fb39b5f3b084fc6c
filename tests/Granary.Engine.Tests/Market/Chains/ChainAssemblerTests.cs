using Granary.Engine.Market;
using Granary.Engine.Market.Chains;

namespace Granary.Engine.Tests.Market.Chains;

public sealed class ChainAssemblerTests
{
    // 2022-03-18 is a Friday; five trading days before it is Friday the 11th. The open of A is 100 + 69 days since 1 January.
    [Fact]
    public void A_chain_rolls_at_the_open_of_the_day_that_lies_so_many_trading_days_before_the_expiry()
    {
        var (series, changes) = new ChainOf(RollBy.Expiry, 5)
            .Add("A", "2022-01-03", "2022-03-18", "2022-03-18", 100)
            .Add("B", "2022-01-03", "2022-06-17", "2022-06-17", 133).Run();

        changes.Select(ChainOf.Text).ShouldBe(["2022-03-11 A>B 169 202", "2022-06-17 B> 300 end"]);
        series.ShouldContain("2022-03-10 A");
        series.ShouldContain("2022-03-11 B");
        series.Count.ShouldBe(120);
    }

    // Good Friday, 2022-04-15, is no trading day: three trading days before Wednesday the 20th are the 19th, the 18th and the 14th.
    [Fact]
    public void Holidays_are_no_days_before_the_expiry() => new ChainOf(RollBy.Expiry, 3)
        .Add("A", "2022-01-03", "2022-04-20", "2022-04-20", 100, without: "2022-04-15")
        .Add("B", "2022-01-03", "2022-06-17", "2022-06-17", 133, without: "2022-04-15").Changes()[0].ShouldStartWith("2022-04-14 A>B");

    [Fact]
    public void Of_a_named_session_its_own_holidays_count() => new ChainOf(RollBy.Expiry, 3)
    {
        Calendar = SessionCalendar.Daily("Tokyo", "Asia/Tokyo", TimeSpan.FromHours(9), TimeSpan.FromHours(15), [new DateOnly(2022, 4, 19)]),
    }.Add("A", "2022-01-03", "2022-04-20", "2022-04-20", 100).Add("B", "2022-01-03", "2022-06-17", "2022-06-17", 133)
        .Changes()[0].ShouldStartWith("2022-04-14 A>B");

    // The roll is due on the 11th, and B has no bar on it: the next bar of both counts.
    [Fact]
    public void A_roll_on_a_day_without_bars_of_both_is_made_at_the_next_common_bar() => new ChainOf(RollBy.Expiry, 5)
        .Add("A", "2022-01-03", "2022-03-18", "2022-03-18", 100)
        .Add("B", "2022-01-03", "2022-06-17", "2022-06-17", 133, without: ["2022-03-11", "2022-03-14"])
        .Changes()[0].ShouldBe("2022-03-15 A>B 173 206");

    [Fact]
    public void A_contract_that_ends_before_the_next_one_begins_is_settled_at_its_last_price() => new ChainOf(RollBy.Expiry, 5)
        .Add("A", "2022-01-03", "2022-03-18", "2022-03-18", 100).Add("B", "2022-03-21", "2022-06-17", "2022-06-17", 133)
        .Changes().ShouldBe(["2022-03-18 A>B 176 end", "2022-06-17 B> 300 end"]);

    // Weekly contracts: A is left on Monday the 14th, B on Thursday the 17th.
    [Fact]
    public void Two_rolls_can_be_in_one_week() => new ChainOf(RollBy.Expiry, 1)
        .Add("A", "2022-03-01", "2022-03-15", "2022-03-15", 100).Add("B", "2022-03-01", "2022-03-18", "2022-03-18", 110)
        .Add("C", "2022-03-01", "2022-04-14", null, 120)
        .Changes().ShouldBe(["2022-03-14 A>B 172 182", "2022-03-17 B>C 185 195"]);

    [Fact]
    public void A_contract_that_is_to_be_left_itself_is_passed_over() => new ChainOf(RollBy.Expiry, 5)
        .Add("A", "2022-03-01", "2022-03-15", "2022-03-15", 100).Add("B", "2022-03-01", "2022-03-15", "2022-03-15", 110)
        .Add("C", "2022-03-01", "2022-04-14", null, 120)
        .Changes().ShouldBe(["2022-03-08 A>C 166 186"]);

    // First notice is on 28 February; two trading days before are the 24th. C has none and is left by its expiry.
    [Fact]
    public void First_notice_is_before_the_expiry() => new ChainOf(RollBy.FirstNotice, 2)
        .Add("A", "2022-01-03", "2022-03-29", "2022-03-29", 100).Noticed("2022-02-28")
        .Add("C", "2022-01-03", "2022-04-28", "2022-04-28", 110)
        .Add("D", "2022-01-03", "2022-05-28", null, 120)
        .Changes().Select(c => c[..14]).ShouldBe(["2022-02-24 A>C", "2022-04-26 C>D"]);

    // On Tuesday the 8th B has more than A; the close of that day is known on Wednesday.
    [Fact]
    public void Volume_that_crosses_is_known_at_the_close_and_rolls_at_the_next_open()
    {
        var chain = new ChainOf(RollBy.Volume, 1).Add("A", "2022-03-01", "2022-03-18", "2022-03-18", 100, 100)
            .Add("B", "2022-03-01", "2022-03-07", "2022-06-17", 110, 99);
        for (var day = 8; day <= 18; day++) chain.AddBar(1, new DateOnly(2022, 3, day), 110, day == 9 ? 1 : 101);

        chain.Changes().ShouldBe(["2022-03-09 A>B 167 177"]);
    }

    // More on the 8th, less on the 9th, more on the 10th and the 11th, a Friday.
    [Fact]
    public void Volume_can_be_asked_for_on_several_days_in_a_row()
    {
        var chain = new ChainOf(RollBy.Volume, 2).Add("A", "2022-03-01", "2022-03-18", "2022-03-18", 100, 100)
            .Add("B", "2022-03-01", "2022-03-07", "2022-06-17", 110, 99);
        for (var day = 8; day <= 18; day++)
            if (day is not (12 or 13)) chain.AddBar(1, new DateOnly(2022, 3, day), 110, day == 9 ? 1 : 101);

        chain.Changes()[0].ShouldStartWith("2022-03-14 A>B");
    }

    // A has less than C on Tuesday the 15th.
    [Fact]
    public void An_illiquid_month_is_passed_over()
    {
        var chain = new ChainOf(RollBy.Volume, 1).Add("A", "2022-03-01", "2022-03-18", "2022-03-18", 100, 100, without: "2022-03-15")
            .Add("B", "2022-03-01", "2022-04-18", null, 110, 1).Add("C", "2022-03-01", "2022-05-18", null, 120, 99);
        chain.AddBar(0, new DateOnly(2022, 3, 15), 100, 98);

        chain.Changes().ShouldBe(["2022-03-16 A>C 174 194"]);
    }

    // Between 5,000 and 50 nothing crosses, whatever is missing: the roll is on the trading day before the expiry.
    [Theory]
    [InlineData(RollBy.OpenInterest, "cell")]
    [InlineData(RollBy.OpenInterest, "bar")]
    [InlineData(RollBy.Volume, "cell")]
    [InlineData(RollBy.Volume, "bar")]
    public void A_missing_value_of_the_first_contract_is_not_a_value_of_0(RollBy by, string missing)
    {
        var chain = new ChainOf(by, 1).Add("A", "2022-03-01", "2022-02-01", "2022-03-18", 100)
            .Add("B", "2022-03-01", "2022-02-01", "2022-06-17", 110);
        for (var day = new DateOnly(2022, 3, 1); day <= new DateOnly(2022, 3, 18); day = day.AddDays(1))
        {
            if (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) continue;
            chain.AddBar(1, day, 110, 50, 50);
            if (day.Day is not (8 or 9)) chain.AddBar(0, day, 100, 5_000, 5_000);
            // An empty cell of volume is read as 0.
            else if (missing == "cell") chain.AddBar(0, day, 100, 0);
        }

        chain.Changes().ShouldBe(["2022-03-17 A>B 175 185"]);
    }

    // B leads on the 2nd and on the 4th, and has no value on the 3rd.
    [Theory]
    [InlineData(RollBy.OpenInterest, 7, "2022-03-07 A>B 165 175")]
    [InlineData(RollBy.Volume, 7, "2022-03-07 A>B 165 175")]
    // On the 3rd A has more than B last had, so the row begins again on the 4th, and the 7th is the second day.
    [InlineData(RollBy.OpenInterest, 10, "2022-03-08 A>B 166 176")]
    [InlineData(RollBy.Volume, 10, "2022-03-08 A>B 166 176")]
    public void A_missing_value_of_the_next_contract_is_no_day_on_which_it_has_less(RollBy by, double ownOnThird, string roll)
    {
        var chain = new ChainOf(by, 2).Add("A", "2022-03-01", "2022-02-01", "2022-03-18", 100)
            .Add("B", "2022-03-01", "2022-02-01", "2022-06-17", 110);
        foreach (var (day, own, next) in ((int, double, double)[])[(1, 9, 5), (2, 8, 9), (3, ownOnThird, double.NaN), (4, 6, 9), (7, 5, 9),
            (8, 5, 9)])
        {
            chain.AddBar(0, new DateOnly(2022, 3, day), 100, own, own);
            chain.AddBar(1, new DateOnly(2022, 3, day), 110, double.IsNaN(next) ? 0 : next, next);
        }

        chain.Changes()[0].ShouldBe(roll);
    }

    // C is known on the 3rd and has more than A. It leads there, and B is not followed by a day of C.
    [Fact]
    public void A_day_on_which_a_different_contract_leads_begins_a_row_of_its_own()
    {
        var chain = new ChainOf(RollBy.OpenInterest, 2).Add("A", "2022-03-01", "2022-02-01", "2022-03-18", 100)
            .Add("B", "2022-03-01", "2022-02-01", "2022-06-17", 110).Add("C", "2022-03-01", "2022-02-01", "2022-09-16", 120);
        foreach (var (day, next, last) in ((int, double, double)[])[(1, 5, 5), (2, 9, 5), (3, double.NaN, 8), (4, 9, 8), (7, 9, 8),
            (8, 9, 8)])
        {
            chain.AddBar(0, new DateOnly(2022, 3, day), 100, 1, 7);
            chain.AddBar(1, new DateOnly(2022, 3, day), 110, 1, next);
            chain.AddBar(2, new DateOnly(2022, 3, day), 120, 1, last);
        }

        chain.Changes()[0].ShouldBe("2022-03-08 A>B 166 176");
    }

    [Fact]
    public void A_first_contract_without_any_open_interest_is_left_on_the_day_before_its_expiry()
    {
        var chain = new ChainOf(RollBy.OpenInterest, 1).Add("A", "2022-03-01", "2022-03-18", "2022-03-18", 100)
            .Add("B", "2022-03-01", "2022-02-01", "2022-06-17", 110);
        for (var day = 1; day <= 18; day++) chain.AddBar(1, new DateOnly(2022, 3, day), 110, 1, 50);

        chain.Changes()[0].ShouldBe("2022-03-17 A>B 175 185");
        chain.Uncompared.ShouldBe(["A"]);
    }

    // In the hour of Sunday the 6th, A has 1 and B 101. Monday has 101 and 200 with it.
    [Fact]
    public void The_hour_of_a_Sunday_counts_for_Monday()
    {
        var chain = new ChainOf(RollBy.Volume, 1).Add("A", "2022-03-01", "2022-03-18", "2022-03-18", 100, 100)
            .Add("B", "2022-03-01", "2022-06-17", "2022-06-17", 110, 99);
        chain.AddBar(0, new DateOnly(2022, 3, 6), 100, 1);
        chain.AddBar(1, new DateOnly(2022, 3, 6), 110, 101);

        chain.Changes()[0].ShouldBe("2022-03-08 A>B 166 176");
    }

    // B leads on Friday, Sunday and Monday. The third trading day is Tuesday the 8th.
    [Fact]
    public void The_hour_of_a_Sunday_is_no_day_of_a_row()
    {
        var chain = new ChainOf(RollBy.Volume, 3).Add("A", "2022-03-01", "2022-03-18", "2022-03-18", 100, 100)
            .Add("B", "2022-03-01", "2022-03-03", "2022-06-17", 110, 99);
        foreach (var day in (int[])[4, 6, 7, 8, 9, 10]) chain.AddBar(1, new DateOnly(2022, 3, day), 110, 101);
        chain.AddBar(0, new DateOnly(2022, 3, 6), 100, 1);

        chain.Changes()[0].ShouldBe("2022-03-09 A>B 167 177");
    }

    // The market trades on Saturday the 5th, so Sunday is the second day of the row.
    [Fact]
    public void A_market_that_trades_on_a_Saturday_counts_Sundays()
    {
        var chain = new ChainOf(RollBy.Volume, 2).Add("A", "2022-03-01", "2022-03-18", "2022-03-18", 100, 100)
            .Add("B", "2022-03-01", "2022-03-04", "2022-06-17", 110, 99);
        foreach (var day in (int[])[5, 6, 7]) chain.AddBar(1, new DateOnly(2022, 3, day), 110, 101);
        foreach (var day in (int[])[5, 6]) chain.AddBar(0, new DateOnly(2022, 3, day), 100, 1);

        chain.Changes()[0].ShouldBe("2022-03-07 A>B 165 175");
    }

    [Fact]
    public void A_contract_without_volume_is_left_on_the_day_before_its_expiry() => new ChainOf(RollBy.Volume, 1)
        .Add("A", "2022-03-01", "2022-03-18", "2022-03-18", 100, 0).Add("B", "2022-03-01", "2022-06-17", null, 110, 0)
        .Changes().ShouldBe(["2022-03-17 A>B 175 185"]);

    [Fact]
    public void Open_interest_is_the_last_value_of_a_day()
    {
        var chain = new ChainOf(RollBy.OpenInterest, 1).Add("A", "2022-03-01", "2022-02-01", "2022-03-18", 100)
            .Add("B", "2022-03-01", "2022-02-01", "2022-06-17", 110);
        foreach (var (day, own, next) in ((int, double, double)[])[(1, 9, 5), (2, 8, double.NaN), (3, 7, 8), (4, 6, 9)])
        {
            chain.AddBar(0, new DateOnly(2022, 3, day), 100, 1, own);
            chain.AddBar(1, new DateOnly(2022, 3, day), 110, 1_000, next);
        }

        chain.Changes()[0].ShouldStartWith("2022-03-04 A>B");
    }

    // The 8th of the month of the expiry; of D, whose expiry is the 5th, the 8th of the month before: Sunday 8 May is Monday the 9th.
    [Fact]
    public void A_day_of_the_month_is_the_last_one_before_the_expiry() => new ChainOf(RollBy.Day, 8)
        .Add("A", "2022-01-03", "2022-03-18", "2022-03-18", 100).Add("B", "2022-01-03", "2022-06-05", "2022-06-05", 110)
        .Add("C", "2022-01-03", "2022-06-30", null, 120)
        .Changes().Select(c => c[..14]).ShouldBe(["2022-03-08 A>B", "2022-05-09 B>C"]);

    [Fact]
    public void Dates_of_a_file_name_the_next_contract_or_any_later_one()
    {
        var chain = new ChainOf(RollBy.Dates)
            .Add("A", "2022-03-01", "2022-03-30", null, 100).Add("B", "2022-03-01", "2022-04-30", null, 110)
            .Add("C", "2022-03-01", "2022-05-30", null, 120).Add("D", "2022-03-01", "2022-06-30", null, 120);
        chain.Dates.AddRange([new(new(2022, 3, 5), null), new(new(2022, 3, 10), "D")]);

        chain.Changes().Select(c => c[..14]).ShouldBe(["2022-03-07 A>B", "2022-03-10 B>D"]);
    }

    [Fact]
    public void The_second_contract_rolls_with_the_first()
    {
        var (series, changes) = new ChainOf(RollBy.Expiry, 5, depth: 2)
            .Add("A", "2022-01-03", "2022-03-18", "2022-03-18", 100).Add("B", "2022-01-03", "2022-06-17", "2022-06-17", 133)
            .Add("C", "2022-02-01", "2022-09-16", "2022-09-16", 166).Run();

        series[0].ShouldBe("2022-01-03 B");
        changes.Select(ChainOf.Text).First().ShouldBe("2022-03-11 B>C 202 235");
    }

    [Fact]
    public void Bars_after_the_expiry_are_left_out() => new ChainOf(RollBy.Expiry, 0)
        .Add("A", "2022-03-01", "2022-04-18", "2022-03-18", 100).Run().Series[^1].ShouldBe("2022-03-18 A");

    [Fact]
    public void A_contract_without_a_bar_after_the_roll_into_it_is_refused() => Should.Throw<BarDataException>(() =>
        new ChainOf(RollBy.Expiry, 5).Add("A", "2022-03-01", "2022-03-18", "2022-03-18", 100)
            .Add("B", "2022-03-11", "2022-03-11", "2022-03-31", 110).Add("C", "2022-04-01", "2022-04-18", null, 120).Run())
        .Message.ShouldContain("B has no bar after the roll into it");

    [Fact]
    public void A_series_of_less_bars_is_the_beginning_of_the_series_of_all()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var chain = Drawn(seed, out var random);
            var (all, changes) = chain.Run();
            var until = new DateOnly(2022, 1, 3).AddDays(random.Next(5, 300));
            var (some, known) = chain.Run(until);

            some.ShouldBe(all.Take(some.Count), $"seed {seed}");
            known.Where(c => c.Kind == ListingChangeKind.Roll)
                .ShouldBe(changes.Where(c => c.Kind == ListingChangeKind.Roll && c.Time < until.DayNumber * TimeSpan.TicksPerDay),
                    $"seed {seed}");
            // Contracts follow one another, and each change begins with what the one before ended with.
            if (all.Count > 0) _ = new ListingChanges(all[0].Split(' ')[1], changes);
        }
    }

    private static ChainOf Drawn(int seed, out Random random)
    {
        var drawn = random = new Random(seed);
        var by = (RollBy)drawn.Next(6);
        var chain = new ChainOf(by, by == RollBy.Day ? drawn.Next(1, 32) : by is RollBy.Volume or RollBy.OpenInterest ? drawn.Next(1, 4)
            : drawn.Next(0, 12), drawn.Next(1, 4));
        var (start, expiry) = (new DateOnly(2022, 1, 3), new DateOnly(2022, 1, 20));
        for (var c = 0; c < 8; c++)
        {
            var (name, life) = (((char)('A' + c)).ToString(), drawn.Next(10, 120));
            chain.Add(name, "2022-01-03", "2022-01-01", $"{expiry:yyyy-MM-dd}", 0).Noticed($"{expiry.AddDays(-drawn.Next(20)):yyyy-MM-dd}");
            for (var day = expiry.AddDays(-life); day <= expiry; day = day.AddDays(1))
                if (day >= start && day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && (day == expiry || drawn.Next(8) > 0))
                    chain.AddBar(c, day, 100 + 10 * c, drawn.Next(1_000), drawn.Next(1_000));
            if (by == RollBy.Dates) chain.Dates.Add(new RollDate(expiry.AddDays(-drawn.Next(9)), drawn.Next(2) == 0 ? null : name));
            expiry = expiry.AddDays(drawn.Next(2, 60));
        }
        chain.Dates.Sort((a, b) => a.Day.CompareTo(b.Day));
        return chain;
    }
}
