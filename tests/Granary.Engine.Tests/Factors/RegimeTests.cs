using Granary.Engine.Factors;
using Granary.Engine.Factors.Kernels;
using Granary.Engine.Market;

namespace Granary.Engine.Tests.Factors;

public class RegimeTests
{
    private static double[][] Lines(string text, params double[] closes)
    {
        var bars = closes.Select((c, i) => new Bar(i * TimeSpan.TicksPerDay, c, c, c, c, 1)).ToArray();
        var series = new MarketSeries(new Instrument { Symbol = "T" }, Timeframe.D1);
        return FactorColumns.Compute(series, [BarBlock.FromBars(0, bars)], [text, text + ".age", text + ".gap"], FactorCatalogue.BuiltIn);
    }

    [Fact]
    public void On_a_path_by_hand_it_enters_late_leaves_early_and_waits_in_between()
    {
        // sma(1) against sma(2): the gap is 100 · (2c / (c + before) − 1). Enter at 1 %, leave at 0.5 %, no dwell.
        var lines = Lines("regime(1,2,1,0.5,1)", 100, 100, 103, 104.5, 105, 102, 101.2, 101.2);
        lines[2].Skip(1).Zip([0, 1.478, 0.723, 0.239, -1.449, -0.394, 0]).ShouldAllBe(p => Math.Abs(p.First - p.Second) < 0.001);
        lines[0].ShouldBe([double.NaN, 0, 1, 1, 0, -1, 0, 0]);
        lines[1].ShouldBe([double.NaN, 0, 0, 1, 0, 0, 0, 1]);
    }

    [Fact]
    public void A_state_is_kept_for_its_dwell_whatever_happens()
    {
        // +10 % enters bullish; the fall in the next bar is not followed until three bars have passed.
        var lines = Lines("regime(1,2,1,0.5,3)", 100, 100, 100, 100, 110, 90, 80, 70, 60);
        lines[0].ShouldBe([double.NaN, 0, 0, 0, 1, 1, 1, -1, -1]);
        lines[1].ShouldBe([double.NaN, 0, 1, 2, 0, 1, 2, 0, 1]);
    }

    [Fact]
    public void Between_the_ways_in_and_out_nothing_changes_from_either_side()
    {
        var ladder = new StateLadder([new LadderRung(-1, -2), new LadderRung(2, 1)], 1);
        int[] states = [.. new double[] { 1.5, 2.5, 1.5, 1.0, 0.5, 1.5, -1.5, -2.5, -1.5, -1.0, -0.5, 9, -9, double.NaN,
            0 }.Select(m => ladder.Next(m))];
        states.ShouldBe([1, 2, 2, 2, 1, 1, 1, 0, 0, 0, 1, 2, 0, 0, 1]);
    }

    [Fact]
    public void A_ladder_that_makes_no_sense_is_refused()
    {
        Should.Throw<ArgumentException>(() => new StateLadder([], 1));
        Should.Throw<ArgumentException>(() => new StateLadder([new LadderRung(1, 2)], 1)).Message.ShouldContain("above the way up");
        Should.Throw<ArgumentException>(() => new StateLadder([new LadderRung(2, 1), new LadderRung(1, 0)],
            1)).Message.ShouldContain("must rise");
        Should.Throw<ArgumentException>(() => new StateLadder([new LadderRung(2, 1)], 0)).Message.ShouldContain("at least 1");
    }
}
