using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Learning.Features;
using Granary.Learning.Labels;
using Granary.Learning.Screening;

namespace Granary.Learning.Tests.Screening;

public sealed class FeatureCandidatesTests
{
    private static readonly IReadOnlyList<string> Made = FeatureCandidates.Of(FactorCatalogue.BuiltIn, SyntheticBars.Series,
        SyntheticBars.Blocks(SyntheticBars.Make(1_500), BarBlock.MaxCount).First());

    [Fact]
    public void Lines_that_follow_the_price_are_divided_by_the_close_and_others_are_not()
    {
        Made.ShouldContain("sma(20)/close");
        Made.ShouldContain("sma(20)/close[5]");
        Made.ShouldContain("macd(12,26,9).signal/close");
        Made.ShouldContain("rsi(10)");
        Made.ShouldContain("hour-of-day.minute");
        Made.ShouldContain("season(24,1).cos");
        Made.ShouldNotContain("sma(20)");
        Made.ShouldNotContain("rsi(10)/close");
        Made.ShouldNotContain("volume/close");
    }

    [Fact]
    public void Each_of_them_is_a_feature_of_one_market_and_none_is_there_twice()
    {
        FeatureSet.Parse(Made, FactorCatalogue.BuiltIn).Names.Count.ShouldBeGreaterThan(500);
        var table = FeatureTable.Compute(SyntheticBars.Series, SyntheticBars.Blocks(SyntheticBars.Make(300), 100),
            FeatureSet.Parse(Made, FactorCatalogue.BuiltIn));
        table.Bars.ShouldBe(300);
    }

    [Fact]
    public void Bars_are_apart_where_their_labels_do_not_overlap()
    {
        var label = LabelColumn.Direction([1, 2, 3, 4, 5, 6, 7, 8], 3);
        LabelledBars.Apart(label, Enumerable.Range(0, 8)).ShouldBe([0, 3]);
        LabelledBars.Apart(label, [1, 2, 4, 7]).ShouldBe([1, 4]);
    }
}
