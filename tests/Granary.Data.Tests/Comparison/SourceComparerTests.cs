using Granary.Data.Comparison;
using Granary.Engine.Market;

namespace Granary.Data.Tests.Comparison;

public sealed class SourceComparerTests
{
    private static readonly DateTime Start = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // A random walk by the hour.
    private static List<Bar> Prices(int count = 1_000, int seed = 5)
    {
        var random = new Random(seed);
        var (bars, price) = (new List<Bar>(count), 100.0);
        for (var i = 0; i < count; i++)
        {
            var open = price;
            price *= 1 + 0.004 * (random.NextDouble() - 0.5);
            bars.Add(new Bar(Start.AddHours(i).Ticks, open, Math.Max(open, price) * 1.001, Math.Min(open, price) * 0.999, price,
                100 + random.Next(900)));
        }
        return bars;
    }

    private static SourceComparison Compare(List<Bar> a, List<Bar> b) => new SourceComparer().Compare(a, b, Timeframe.H1);

    [Fact]
    public void Equal_sources_have_no_disagreement()
    {
        var found = Compare(Prices(), Prices());
        (found.IsSame, found.Common, found.Equal, found.OnlyInA, found.OnlyInB, found.Shift).ShouldBe((true, 1_000, 1_000, 0, 0, null));
    }

    [Fact]
    public void A_price_far_from_the_closes_around_it_is_suspect_in_the_source_that_has_it()
    {
        var (a, b) = (Prices(), Prices());
        b[100] = b[100] with { Close = b[100].Close * 1.05, High = b[100].Close * 1.06 };
        a[200] = a[200] with { Low = a[200].Low * 0.9 };
        var found = Compare(a, b);
        found.Equal.ShouldBe(998);
        found.Disagreements.Select(d => (d.Time, d.Field, d.Likelier)).ShouldBe([
            (b[100].Time, "high", Suspect.B), (a[200].Time, "low", Suspect.A)]);
        found.Disagreements[1].Percent.ShouldBe(100.0 / 9, 1e-9);
    }

    [Fact]
    public void A_difference_within_the_usual_moves_is_listed_but_not_judged()
    {
        var (a, b) = (Prices(), Prices());
        b[100] = b[100] with { Close = b[100].Close * 1.0005 };
        var one = Compare(a, b).Disagreements.ShouldHaveSingleItem();
        (one.Field, one.Likelier, one.Why).ShouldBe(("close", Suspect.Neither, ""));
        one.Percent.ShouldBe(0.05, 1e-6);
        new SourceComparer(tolerancePercent: 0.06).Compare(a, b, Timeframe.H1).IsSame.ShouldBeTrue();
    }

    [Fact]
    public void A_missing_bar_that_traded_speaks_against_the_source_that_lacks_it_and_one_without_trades_does_not()
    {
        var (a, b) = (Prices(), Prices());
        b.RemoveAt(300);
        var quiet = a[399].Close;
        a[400] = a[400] with { Open = quiet, High = quiet, Low = quiet, Close = quiet, Volume = 0 };
        b.RemoveAt(399);
        // Bars beyond the other's span are no disagreement.
        a.RemoveRange(0, 10);
        var found = Compare(a, b);
        (found.OnlyInA, found.OnlyInB).ShouldBe((2, 0));
        found.Disagreements.Select(d => (d.Field, d.Likelier)).ShouldBe([("bar", Suspect.B), ("bar", Suspect.Neither)]);
    }

    [Fact]
    public void No_volume_where_the_other_source_has_some_is_suspect()
    {
        var (a, b) = (Prices(), Prices());
        a[5] = a[5] with { Volume = 0 };
        b[6] = b[6] with { Volume = b[6].Volume * 1.5 };
        Compare(a, b).Disagreements.Select(d => (d.Field, d.Likelier)).ShouldBe([("volume", Suspect.A), ("volume", Suspect.Neither)]);
    }

    [Fact]
    public void An_adjustment_of_one_source_is_a_ratio_and_not_hundreds_of_disagreements()
    {
        var (a, b) = (Prices(), Prices());
        for (var i = 0; i < 600; i++)
        {
            var bar = b[i];
            b[i] = bar with { Open = bar.Open / 2, High = bar.High / 2, Low = bar.Low / 2, Close = bar.Close / 2 };
        }
        b[300] = b[300] with { High = b[300].High * 1.2 };
        var found = Compare(a, b);
        var ratio = found.Ratios.ShouldHaveSingleItem();
        (ratio.From, ratio.To, ratio.Bars).ShouldBe((a[0].Time, a[599].Time, 600));
        ratio.Ratio.ShouldBe(2, 1e-9);
        // A wrong price is seen all the same.
        var wrong = found.Disagreements.ShouldHaveSingleItem();
        (wrong.Time, wrong.Field, wrong.Likelier, found.Equal).ShouldBe((a[300].Time, "high", Suspect.B, 999L));
        wrong.Percent.ShouldBe(20, 1e-6);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    public void Times_in_another_zone_are_found(int hours)
    {
        var shifted = Prices().Select(b => b with { Time = b.Time + hours * TimeSpan.TicksPerHour }).ToList();
        Compare(Prices(), shifted).Shift.ShouldBe(TimeSpan.FromHours(hours));
        Compare(Prices(), Prices(seed: 6)).Shift.ShouldBeNull("other prices are no shift");
    }

    [Fact]
    public void Sources_without_a_common_time_have_nothing_to_compare()
    {
        var later = Prices().Select(b => b with { Time = b.Time + 5_000 * TimeSpan.TicksPerHour }).ToList();
        var found = Compare(Prices(), later);
        (found.Common, found.Disagreements.Count).ShouldBe((0, 0));
        Compare(Prices(), []).Common.ShouldBe(0);
    }
}
