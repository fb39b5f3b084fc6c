using Granary.Learning.Labels;
using Granary.Learning.Tables;

namespace Granary.Learning.Tests.Labels;

public class LabelTests
{
    private static readonly double[] Close = [100, 110, 121, 108.9, 108.9];

    [Fact]
    public void A_forward_return_is_known_at_the_bar_that_it_ends_with()
    {
        var label = LabelColumn.ForwardReturn(Close, 2);
        label.Values[0].ShouldBe(Math.Log(1.21), 1e-15);
        label.End.ShouldBe([2, 3, 4, -1, -1]);
        double.IsNaN(label.Values[3]).ShouldBeTrue();
    }

    [Fact]
    public void A_direction_is_one_only_for_a_rise()
    {
        LabelColumn.Direction(Close, 1).Values[..4].ShouldBe([1, 1, 0, 0]);
    }

    [Fact]
    public void Forward_volatility_is_the_sample_deviation_of_the_next_returns()
    {
        // Returns of bars 1 and 2: ln 1.1 twice, deviation 0; of bars 2 and 3: ln 1.1 and ln 0.9.
        var label = LabelColumn.ForwardVolatility(Close, 2);
        label.Values[0].ShouldBe(0, 1e-12);
        label.Values[1].ShouldBe(Math.Abs(Math.Log(1.1) - Math.Log(0.9)) / Math.Sqrt(2), 1e-12);
    }

    [Theory]
    // Bars after the first: high/low; target 5 %, stop 3 %, three bars.
    [InlineData("target first", new[] { 100, 104, 106.0, 103 }, new[] { 100, 99, 101.0, 90 }, 1, 2)]
    [InlineData("stop first", new[] { 100, 104, 104.0, 108 }, new[] { 100, 99, 96.0, 101 }, 0, 2)]
    [InlineData("both in one bar counts as the stop", new[] { 100, 106, 100.0, 100 }, new[] { 100, 96, 100.0, 100 }, 0, 1)]
    [InlineData("time", new[] { 100, 102, 102.0, 102 }, new[] { 100, 99, 99.0, 99 }, 1, 3)]
    public void The_first_barrier_touched_decides(string why, double[] high, double[] low, double expected, int end)
    {
        double[] close = [100, 100, 100, 101];
        double[] target = [.. close.Select(_ => 0.05)], stop = [.. close.Select(_ => 0.03)];
        var label = LabelColumn.TripleBarrier(high, low, close, target, stop, 3);
        label.Values[0].ShouldBe(expected, why);
        label.End[0].ShouldBe(end, why);
        label.End[3].ShouldBe(-1, "the bars end before a barrier");
    }

    [Fact]
    public void Labels_over_the_same_time_share_one_vote()
    {
        // Row 0 spans rows 0-1, row 1 spans row 1 alone, row 2 is on its own: (1 + ½)/2, ½, 1.
        var table = new TrainingTable(["x"], [1, 2, 3], [0, 1, 0], null, new([0, 10, 20], [20, 20, 30]));
        SampleWeights.Uniqueness(table.All()).ShouldBe([0.75, 0.5, 1]);
        SampleWeights.Uniqueness(table.Range(1, 3)).ShouldBe([1, 1, 1], "row 0 is not in the fold and takes nothing from row 1");
    }

    [Fact]
    public void Balanced_classes_have_the_same_weight_and_the_test_rows_are_not_looked_at()
    {
        var table = new TrainingTable(["x"], [1, 2, 3, 4, 5], [0, 1, 0, 0, 1]);
        var weights = SampleWeights.Balanced(table.Range(0, 4));
        weights.ShouldBe([4.0 / 6, 2, 4.0 / 6, 4.0 / 6, 1]);
    }

    [Theory]
    // Closes 100, 102, 99, 104: the lowest low of the next two bars is 97, the highest high 103.
    [InlineData(0, 2, 1, 0.03)]
    [InlineData(0, 2, -1, 0.03)]
    [InlineData(0, 1, 1, 0.0)] // no price is behind
    [InlineData(1, 2, 1, 5.0 / 102)]
    [InlineData(1, 2, -1, 3.0 / 102)]
    [InlineData(2, 2, 1, double.NaN)] // the bars end before
    public void The_worst_loss_is_that_of_the_worst_price_of_the_next_bars(int bar, int bars, int side, double expected)
    {
        double[] high = [101, 103, 102, 105], low = [99, 100.5, 97, 98];
        var loss = LabelColumn.WorstLoss(high, low, [100, 102, 99, 104], bar, bars, side);
        if (double.IsNaN(expected)) double.IsNaN(loss).ShouldBeTrue();
        else loss.ShouldBe(expected, 1e-15);
    }
}
