using Granary.Learning.Evaluation;
using Granary.Learning.Features;
using Granary.Learning.Labels;
using Granary.Learning.Proofs;
using Granary.Learning.Trainers;

namespace Granary.Learning.Tests.Proofs;

public class LearningProofTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_claim_of_honesty_holds(long seed)
    {
        var claims = LearningProof.Run(seed);
        foreach (var claim in claims) claim.Holds.ShouldBeTrue($"{claim.Claim}: {claim.Figures}");
        string[] expected =
        [
            "permuted labels give no edge (gradient-boosting)", "permuted labels give no edge (logistic)",
            "permuted labels give no edge (random-forest)",
            "a planted signal is found", "a leaked future feature is caught", "purging removes the advantage that overlapping labels give",
            "features in blocks (backtest) equal features bar by bar (live) to the bit",
        ];
        claims.Select(c => c.Claim).Where(c => !c.StartsWith("the gradient agrees", StringComparison.Ordinal)).ShouldBe(expected);
        claims.Count.ShouldBeGreaterThan(expected.Length, "at least one gradient is compared");
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("svm")]
    [InlineData("knn")]
    [InlineData("naive-bayes")]
    [InlineData("tree")]
    public void Permuted_labels_give_no_edge(string name)
    {
        var trainer = name == "mlp" ? TrainerCatalogue.BuiltIn.Create(name, ("members", 1), ("epochs", 20))
            : TrainerCatalogue.BuiltIn.Create(name);
        var result = PermutationTest.Run(trainer, SyntheticTables.Classes(800), 0.6, 3, new TrainingOptions(1));
        result.PermutedHaveNoEdge.ShouldBeTrue(string.Join(", ", result.Permuted));
        result.Auc.ShouldBeGreaterThan(result.Permuted.Max());
    }

    [Fact]
    public void Momentum_in_the_bars_is_found_through_the_usual_features_and_a_random_walk_has_none()
    {
        Auc(0.5).ShouldBeGreaterThan(0.6);
        Auc(0).ShouldBeInRange(0.43, 0.57);

        static double Auc(double momentum)
        {
            var bars = SyntheticBars.Make(2500, momentum);
            var features = FeatureTable.Compute(SyntheticBars.Series, SyntheticBars.Blocks(bars, 500), FeatureSet.Default);
            var table = features.With(LabelColumn.Direction(features.Close, 1), "direction(1)");
            var cut = table.Count * 2 / 3;
            var model = TrainerCatalogue.BuiltIn.Create("logistic").Train(table.Range(0, cut), new TrainingOptions());
            var (rows, predicted) = Prediction.Of(model, table.Range(cut, table.Count));
            return ClassificationMetrics.Auc(predicted, Prediction.Labels(table, rows));
        }
    }

    [Fact]
    public void Every_default_feature_passes_the_look_ahead_check()
    {
        var bars = SyntheticBars.Make(500);
        FeatureLookAhead.Run(bars, FeatureSet.Default.Names.Count, b =>
        {
            var table = FeatureTable.Compute(SyntheticBars.Series, SyntheticBars.Blocks(b, 128), FeatureSet.Default);
            return [.. Enumerable.Range(0, table.Bars).SelectMany(i => table.Row(i).ToArray())];
        }).ShouldBeEmpty();
    }

    [Fact]
    public void A_feature_that_is_the_label_shifted_back_is_caught()
    {
        var bars = SyntheticBars.Make(300);
        var leaks = FeatureLookAhead.Run(bars, 2,
            b => [.. Enumerable.Range(0, b.Length).SelectMany(i => new[] { b[i].Close, i + 1 < b.Length ? b[i + 1].Close : double.NaN })]);
        leaks.Count.ShouldBe(1);
        leaks[0].Feature.ShouldBe(1);
    }
}
