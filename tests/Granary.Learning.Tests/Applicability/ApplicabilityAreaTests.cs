using Granary.Engine.Numerics;
using Granary.Engine.Trading;
using Granary.Learning.Applicability;
using Granary.Learning.Gating;
using Granary.Learning.ModelFiles;
using Granary.Learning.Tables;
using Granary.Learning.Tests.Watching;
using Granary.Learning.Trainers;

namespace Granary.Learning.Tests.Applicability;

public sealed class ApplicabilityAreaTests
{
    private static TrainingTable Table(int rows, int width, long seed = 1)
    {
        var random = new PortableRandom(seed);
        var values = new double[rows * width];
        for (var i = 0; i < values.Length; i++) values[i] = (i % width + 1) * random.NextGaussian();
        return new TrainingTable([.. Enumerable.Range(0, width).Select(f => $"x{f}")], values,
            [.. Enumerable.Range(0, rows).Select(r => values[r * width] > 0 ? 1.0 : 0)]);
    }

    // The definition of Meyer and Pebesma 2021, step by step.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Index_and_threshold_follow_the_published_definition(bool weighted)
    {
        const int Rows = 120, Width = 3;
        var table = Table(Rows, Width);
        double[] weights = weighted ? [0.7, 0, 0.3] : [1, 1, 1];
        var area = ApplicabilityArea.Of(table.All(), weighted ? weights : null)!;

        var points = new double[Rows][];
        for (var r = 0; r < Rows; r++) points[r] = new double[Width];
        for (var f = 0; f < Width; f++)
        {
            var column = Enumerable.Range(0, Rows).Select(r => table.Row(r)[f]).ToArray();
            var (mean, deviation) = (column.Average(), Math.Sqrt(column.Select(x =>
                (x - column.Average()) * (x - column.Average())).Average()));
            for (var r = 0; r < Rows; r++) points[r][f] = weights[f] * (column[r] - mean) / deviation;
        }
        double Distance(int a, int b) => Math.Sqrt(Enumerable.Range(0, Width).Sum(f => Math.Pow(points[a][f] - points[b][f], 2)));
        var pairs = (from a in Enumerable.Range(0, Rows) from b in Enumerable.Range(0, Rows) where a < b select Distance(a, b)).Average();
        var indices = Enumerable.Range(0, Rows).Select(a => Enumerable.Range(0, Rows).Where(b => a * 10 / Rows != b * 10 / Rows)
            .Min(b => Distance(a, b)) / pairs).Order().ToArray();
        double Quantile(double p) => indices[(int)(p * (Rows - 1))] + (p * (Rows - 1) % 1)
            * (indices[(int)(p * (Rows - 1)) + 1] - indices[(int)(p * (Rows - 1))]);
        var whisker = Quantile(0.75) + 1.5 * (Quantile(0.75) - Quantile(0.25));
        area.Threshold.ShouldBe(indices.Last(i => i <= whisker), 1e-9);

        for (var r = 0; r < Rows; r++) area.IndexOf(table.Row(r)).ShouldBe(0, 1e-9);
        var far = new[] { 9.0, 1, -2 };
        var at = far.Select((x, f) =>
        {
            var column = Enumerable.Range(0, Rows).Select(r => table.Row(r)[f]).ToArray();
            return weights[f] * (x - column.Average()) / Math.Sqrt(column.Select(c =>
                (c - column.Average()) * (c - column.Average())).Average());
        }).ToArray();
        area.IndexOf(far).ShouldBe(Enumerable.Range(0, Rows)
            .Min(r => Math.Sqrt(Enumerable.Range(0, Width).Sum(f => Math.Pow(points[r][f] - at[f], 2)))) / pairs, 1e-9);
        area.IndexOf(far).ShouldBeGreaterThan(area.Threshold);
        area.IndexOf([double.NaN, 0, 0]).ShouldBe(double.NaN);
    }

    [Fact]
    public void Of_many_samples_a_thousand_are_kept_and_of_equal_ones_no_area_is_made()
    {
        ApplicabilityArea.Of(Table(5000, 2).All())!.Samples.ShouldBe(1000);
        ApplicabilityArea.Of(new TrainingTable(["x"], new double[50], [.. Enumerable.Range(0, 50).Select(i =>
            i % 2.0)]).All()).ShouldBeNull();
    }

    [Theory]
    [InlineData("logistic", 0)]
    [InlineData("gradient-boosting", 0)]
    [InlineData("gradient-boosting", 2)]
    public void A_guarded_model_predicts_as_without_its_area_and_survives_its_file(string trainer, int select)
    {
        var table = Table(400, 4);
        var own = TrainerCatalogue.BuiltIn.Create(trainer);
        var plain = (select > 0 ? new SelectingTrainer(own, select) : own).Train(table.Range(0, 300), new TrainingOptions());
        var guarded = GuardedModel.Of(plain, table.Range(0, 300)).ShouldBeOfType<GuardedModel>();
        var read = ModelKindCatalogue.BuiltIn.FromBytes(ModelFile.ToBytes(guarded), "test").ShouldBeOfType<GuardedModel>();
        read.Area.Threshold.ShouldBe(guarded.Area.Threshold);
        for (var r = 300; r < 400; r++)
        {
            read.Predict(table.Row(r)).ShouldBe(plain.Predict(table.Row(r)));
            read.DissimilarityOf(table.Row(r)).ShouldBe(guarded.DissimilarityOf(table.Row(r)));
        }
        if (select == 0) return;
        // Features that the model does not read have no say.
        var unread = Enumerable.Range(0, 4).First(f => !((SelectedFeaturesModel)plain).Chosen.Contains(f));
        var changed = table.Row(350).ToArray();
        changed[unread] += 1000;
        guarded.DissimilarityOf(changed).ShouldBe(guarded.DissimilarityOf(table.Row(350)), 1e-12);
    }

    // Bars that move ten times as far as those of the training data.
    [Fact]
    public void An_entry_at_an_unlike_input_is_refused_without_a_prediction_and_played_all_the_same()
    {
        var bars = RuleMarket.Bars(3000, 4);
        for (var i = 2500; i < bars.Length; i++)
        {
            var move = Math.Exp(10 * Math.Log(bars[i].Close / bars[i].Open));
            var open = bars[i - 1].Close;
            bars[i] = new Engine.Market.Bar(bars[i].Time, open, Math.Max(open, open * move), Math.Min(open, open * move), open * move,
                1000);
        }
        var features = Learning.Features.FeatureTable.Compute(SyntheticBars.Series, SyntheticBars.Blocks(bars, 4096), RuleMarket.Features);
        var set = features.With(Learning.Labels.LabelColumn.Direction(features.Close, 1), "direction(1)").Range(0, 1000);
        var model = GuardedModel.Of(TrainerCatalogue.BuiltIn.Create("logistic").Train(set, new TrainingOptions()), set);
        var entries = new EntryModel("gate", RuleMarket.Features, [new ModelWindow(set.Table.LabelEnd[999], model)], new GateRule(0.5, 0.5),
            PredictionMeaning.ProbabilityOfRise);
        var (log, _) = RuleMarket.Run(bars, entries);
        var threshold = ((GuardedModel)model).Area.Threshold;
        foreach (var signal in log.Signals.Values.Where(s => s.ModelVersion > 0))
            signal.IsAbstained.ShouldBe(signal.Dissimilarity > threshold);
        entries.Abstained.ShouldBe(log.Signals.Values.Count(s => s.IsAbstained));
        log.Of(bars, 1001, 2500).Count(t => t.Signal.IsAbstained).ShouldBeLessThan(60);
        var late = log.Of(bars, 2501, 3000).ToList();
        late.Count(t => t.Signal.IsAbstained).ShouldBeGreaterThan(late.Count * 9 / 10);
        late.ShouldAllBe(t => t.Trade.Quantity == 10);
    }
}
