using Granary.Engine.Analysis.FactorStudies;

namespace Granary.Engine.Tests.Analysis.FactorStudies;

public sealed class FactorFiguresTests
{
    private static readonly FactorStudySettings s_pairs = new([1], 2, false);

    private static PanelSymbol Symbol(string name, double[] prices, params double[] values) =>
        new(name, prices, [values], Array.FindLastIndex(prices, double.IsFinite), prices.Last(double.IsFinite));

    // Four symbols, three dates. Values 1 2 3 4, then 4 3 2 1; returns of the first bar 1 2 3 4 %, of the second the same.
    private static FactorPanel Panel() => StudyPanels.Of(
        Symbol("A", [100, 101, 102.01], 1, 4, 0), Symbol("B", [100, 102, 104.04], 2, 3, 0),
        Symbol("C", [100, 103, 106.09], 3, 2, 0), Symbol("D", [100, 104, 108.16], 4, 1, 0));

    [Fact]
    public void Values_in_the_order_of_the_returns_have_the_correlation_one()
    {
        var h = StudyPanels.Figures(Panel(), 0, s_pairs).Horizons[0];
        h.IcByDate.ShouldBe([1, -1, double.NaN]);
        h.Ic.Mean.ShouldBe(0);
        // 3.5 % less 1.5 %, and the reverse.
        h.SpreadByDate[0].ShouldBe(0.02, 1e-12);
        h.SpreadByDate[1].ShouldBe(-0.02, 1e-12);
        h.Quantiles[0].Return.Mean.ShouldBe(0.025, 1e-12);
        h.Quantiles[0].Demeaned.Mean.ShouldBe(0, 1e-12);
        // Both pairs change places.
        h.Quantiles[1].Turnover.ShouldBe(1);
        h.RankAutocorrelation.ShouldBe(-1, 1e-12);
    }

    [Fact]
    public void Weights_by_value_earn_the_sum_of_weight_times_return()
    {
        var figures = StudyPanels.Figures(Panel(), 0, s_pairs);
        // Weights −1.5 −0.5 0.5 1.5 over 4, returns 1 2 3 4 %.
        figures.WeightedReturns[0].ShouldBe(0.0125, 1e-12);
    }

    [Fact]
    public void A_symbol_whose_bars_end_is_left_at_its_last_close()
    {
        var panel = StudyPanels.Of(Symbol("A", [100, 110, 120, 130, 140], 1, 1, 1, 1, 1),
            new PanelSymbol("B", [100, 50, 25, double.NaN, double.NaN], [[2, 2, 2, double.NaN, double.NaN]], 2, 25));
        panel.ForwardReturn(1, 0, 1).ShouldBe(-0.5);
        panel.ForwardReturn(1, 0, 4).ShouldBe(-0.75);
        panel.EndsWithin(1, 0, 4).ShouldBeTrue();
        panel.EndsWithin(1, 0, 2).ShouldBeFalse();
        // At its last bar there is nothing to hold, and after the panel no return is known.
        panel.ForwardReturn(1, 2, 1).ShouldBe(double.NaN);
        panel.ForwardReturn(1, 0, 5).ShouldBe(double.NaN);
        panel.ForwardReturn(0, 3, 2).ShouldBe(double.NaN);
    }

    // 100, 50 and 25 of the first listing; the second begins at 400.
    [Fact]
    public void No_return_crosses_from_one_listing_to_the_next()
    {
        FactorPanel Panel(double[] prices, int delay) => new([.. Enumerable.Range(0, 6).Select(d => d * TimeSpan.TicksPerDay)],
            [new PanelSymbol("B", prices, [[2, 2, 2, 2, 2, 2]], 5, 800) { Earlier = [(2, 25)] }], null, delay);
        var panel = Panel([100, 50, 25, 400, 600, 800], 0);
        panel.ForwardReturn(0, 0, 2).ShouldBe(-0.75);
        panel.ForwardReturn(0, 0, 4).ShouldBe(-0.75);
        panel.ForwardReturn(0, 2, 1).ShouldBe(double.NaN);
        panel.ForwardReturn(0, 3, 2).ShouldBe(1);
        (panel.EndsWithin(0, 0, 2), panel.EndsWithin(0, 0, 3), panel.EndsWithin(0, 2, 1), panel.EndsWithin(0, 3, 2))
            .ShouldBe((false, true, false, false));
        // At the next open: the price of a date is the open of the next one.
        var next = Panel([100, 50, 400, 400, 800, double.NaN], 1);
        next.ForwardReturn(0, 0, 1).ShouldBe(-0.5);
        next.ForwardReturn(0, 0, 2).ShouldBe(-0.75);
        next.ForwardReturn(0, 1, 1).ShouldBe(-0.5);
        next.ForwardReturn(0, 2, 1).ShouldBe(double.NaN);
        next.ForwardReturn(0, 3, 1).ShouldBe(1);
    }

    [Fact]
    public void Later_prices_change_no_earlier_date()
    {
        var whole = StudyPanels.Random(3, 20, 120, 1);
        var cut = new FactorPanel(whole.Times[..100], [.. Enumerable.Range(0, 20).Select(s => new PanelSymbol($"S{s}",
            [.. Enumerable.Range(0, 100).Select(t => PriceOf(whole, s, t))],
            [[.. Enumerable.Range(0, 100).Select(t => whole.Value(0, s, t))]], 99, PriceOf(whole, s, 99)))]);
        var settings = new FactorStudySettings([1, 5], 5, false);
        var (all, early) = (StudyPanels.Figures(whole, 0, settings), StudyPanels.Figures(cut, 0, settings));
        all.Horizons[1].IcByDate[..95].ShouldBe(early.Horizons[1].IcByDate[..95]);
        early.Horizons[1].IcByDate[95..].ShouldAllBe(v => double.IsNaN(v));

        static double PriceOf(FactorPanel panel, int symbol, int date)
        {
            var price = 100.0;
            for (var t = 0; t < date; t++) price *= 1 + panel.ForwardReturn(symbol, t, 1);
            return price;
        }
    }

    [Fact]
    public void Dates_without_a_cross_section_are_counted_and_left_out()
    {
        FactorFigures Of(params double[][] values) => StudyPanels.Figures(StudyPanels.Of([.. values.Select((v, i) =>
            Symbol($"S{i}", [100, 101 + i, 102 + i], v))]), 0, s_pairs);
        Of([1, 1, 1], [1, 2, 2], [1, 3, 3], [1, 4, 4]).ConstantDates.ShouldBe(1);
        Of([1, double.NaN, 1], [2, 2, 2], [3, 3, 3], [4, 4, 4]).FewDates.ShouldBe(1);
        // Five of six equal values leave one edge.
        var tied = Of([1, 1, 1], [1, 2, 2], [1, 3, 3], [1, 4, 4], [1, 5, 5], [2, 6, 6]);
        (tied.TiedDates, tied.Dates).ShouldBe((1, 2));
    }

    [Fact]
    public void Groups_change_on_their_dates_and_neutral_returns_are_less_their_mean()
    {
        var groups = new PanelGroups(["X", "Y"], [[(0, 0)], [(0, 0), (1, 1)], [(1, 1)], []]);
        Enumerable.Range(0, 2).Select(d => groups.Of(1, d)).ShouldBe([0, 1]);
        (groups.Of(2, 0), groups.Of(2, 1), groups.Of(3, 5)).ShouldBe((-1, 1, -1));
        // In each group the higher value has the higher return; across groups the order is the reverse.
        var panel = new FactorPanel(Panel().Times, [Symbol("A", [100, 108, 108], 1, 1, 1), Symbol("B", [100, 109, 109], 2, 2, 2),
            Symbol("C", [100, 101, 101], 3, 3, 3), Symbol("D", [100, 102, 102], 4, 4, 4)],
            new PanelGroups(["X", "Y"], [[(0, 0)], [(0, 0)], [(0, 1)], [(0, 1)]]));
        StudyPanels.Figures(panel, 0, s_pairs).Horizons[0].IcByDate[0].ShouldBe(-0.6, 1e-12);
        var neutral = StudyPanels.Figures(panel, 0, new FactorStudySettings([1], 2, true)).Horizons[0];
        // Returns −0.5 0.5 −0.5 0.5 in percent, ranks 1.5 3.5 1.5 3.5: covariance 2, squares 5 and 4.
        neutral.IcByDate[0].ShouldBe(2 / Math.Sqrt(20), 1e-9);
        neutral.Groups.Select(g => g.Ic.Mean).ShouldAllBe(m => double.IsNaN(m) || m == 1);
    }
}
