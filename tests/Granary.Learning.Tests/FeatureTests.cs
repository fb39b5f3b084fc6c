using Granary.Engine;
using Granary.Engine.Factors;
using Granary.Learning.Features;
using Granary.Learning.Labels;

namespace Granary.Learning.Tests;

public class FeatureTests
{
    private static readonly FeatureSet Set = FeatureSet.Parse(
        ["close", "close[3]", "sma(5)/close", "sma(5)/close[2]", "macd(12,26,9).signal", "return(1)[7]"], FactorCatalogue.BuiltIn);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Blocks_of_any_length_give_the_same_bits(int length)
    {
        var bars = SyntheticBars.Make(200);
        var whole = FeatureTable.Compute(SyntheticBars.Series, SyntheticBars.Blocks(bars, 4096), Set);
        var parts = FeatureTable.Compute(SyntheticBars.Series, SyntheticBars.Blocks(bars, length), Set);
        for (var i = 0; i < bars.Length; i++)
            for (var f = 0; f < 6; f++)
                BitConverter.DoubleToInt64Bits(parts.Row(i)[f])
                    .ShouldBe(BitConverter.DoubleToInt64Bits(whole.Row(i)[f]), $"bar {i}, {Set.Names[f]}");
    }

    [Fact]
    public void Lags_and_proportions_are_what_they_say()
    {
        var bars = SyntheticBars.Make(100);
        var table = FeatureTable.Compute(SyntheticBars.Series, SyntheticBars.Blocks(bars, 17), Set);
        var sma = FactorColumns.Compute(SyntheticBars.Series, SyntheticBars.Blocks(bars, 100), ["sma(5)"], FactorCatalogue.BuiltIn)[0];
        for (var i = 40; i < 100; i++)
        {
            table.Row(i)[0].ShouldBe(bars[i].Close);
            table.Row(i)[1].ShouldBe(bars[i - 3].Close);
            table.Row(i)[2].ShouldBe(sma[i] / bars[i].Close);
            table.Row(i)[3].ShouldBe(sma[i - 2] / bars[i - 2].Close);
            table.Row(i)[5].ShouldBe(Math.Log(bars[i - 7].Close / bars[i - 8].Close));
        }
        table.FirstWarm.ShouldBe(33); // the slow average of macd at bar 26, and nine of those
        double.IsNaN(table.Row(2)[1]).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void A_reader_of_several_rows_sees_those_of_earlier_blocks(int length)
    {
        var bars = SyntheticBars.Make(120);
        var table = FeatureTable.Compute(SyntheticBars.Series, SyntheticBars.Blocks(bars, 120), Set);
        var plan = new FactorPlan();
        var reader = new FeatureReader(Set, plan, rows: 4);
        var computer = new FactorComputer(plan, SyntheticBars.Series);
        var sheet = new FactorSheet(plan, 120);
        var row = new double[reader.Length];
        var at = 0;
        foreach (var block in SyntheticBars.Blocks(bars, length))
        {
            computer.Compute(block, sheet);
            reader.Bind(block, sheet);
            for (var i = 0; i < block.Count; i++, at++)
            {
                reader.Read(i, row);
                if (at < 40) continue;
                for (var k = 0; k < 4; k++) row.AsSpan(k * 6, 6).ToArray().ShouldBe(table.Row(at - 3 + k).ToArray());
            }
        }
    }

    [Fact]
    public void A_table_holds_warm_bars_with_known_labels_and_says_when_they_are_known()
    {
        var bars = SyntheticBars.Make(100);
        var features = FeatureTable.Compute(SyntheticBars.Series, SyntheticBars.Blocks(bars, 100), Set);
        var table = features.With(LabelColumn.Direction(features.Close, 5), "direction(5)");
        table.Count.ShouldBe(100 - 33 - 5);
        table.Time[0].ShouldBe(bars[33].Time + TimeSpan.TicksPerHour);
        table.LabelEnd[0].ShouldBe(bars[38].Time + TimeSpan.TicksPerHour);
        table.LastKnownLabel(10).ShouldBe(5);
        var some = features.With(LabelColumn.Direction(features.Close, 5), "direction(5)", [10, 50, 60, 99], out var used);
        used.ShouldBe([50, 60]);
        some.Row(1).ToArray().ShouldBe(features.Row(60).ToArray());
    }

    [Theory]
    [InlineData("smaa(5)", "did you mean 'sma'")]
    [InlineData("sma(5)[x]", "bars ago")]
    [InlineData("sma(5)/open", "")]
    public void A_feature_that_is_none_is_refused(string text, string why) =>
        Should.Throw<InputException>(() => FeatureSet.Parse([text], FactorCatalogue.BuiltIn)).Message.ShouldContain(why);

    [Fact]
    public void A_feature_named_twice_is_refused() =>
        Should.Throw<InputException>(() =>
            FeatureSet.Parse(["rsi(14)", "rsi(14)"], FactorCatalogue.BuiltIn)).Message.ShouldContain("twice");
}
