using System.Text.Json;
using Granary.Engine.Numerics;
using Granary.Learning.Evaluation;
using Granary.Testing;

namespace Granary.Learning.Tests.Evaluation;

public class ClassificationMetricsTests
{
    [SharedFact]
    public void Auc_and_log_loss_equal_scikit_learns_to_the_last_digits()
    {
        var lines = File.ReadAllLines(SharedData.Require("oracles/ml/auc_input.csv"));
        double[] scores = [.. lines[1..].Select(l => double.Parse(l.Split(',')[0]))],
            labels = [.. lines[1..].Select(l => double.Parse(l.Split(',')[1]))];
        var expected = JsonDocument.Parse(File.ReadAllText(SharedData.Require("oracles/ml/auc.json"))).RootElement;
        ClassificationMetrics.Auc(scores, labels).ShouldBe(expected.GetProperty("roc_auc").GetDouble(), 1e-15);
        ClassificationMetrics.LogLoss(scores, labels).ShouldBe(expected.GetProperty("logloss_clipped_1e15").GetDouble(), 1e-12);
    }

    [Fact]
    public void Auc_and_log_loss_follow_their_definitions_on_random_scores_with_ties()
    {
        var random = new PortableRandom(11);
        double[] scores = [.. Enumerable.Range(0, 400).Select(_ => Math.Round(random.NextDouble(), 2) * 0.98 + 0.01)];
        double[] labels = [.. scores.Select(s => random.NextDouble() < s ? 1.0 : 0.0)];
        var pairs = from i in Enumerable.Range(0,
            400)
                    where labels[i] == 1
                    from j in Enumerable.Range(0, 400)
                    where labels[j] == 0
                    select Math.Sign(scores[i] - scores[j]);
        ClassificationMetrics.Auc(scores, labels).ShouldBe(pairs.Average(sign => (sign + 1) / 2.0), 1e-13);
        ClassificationMetrics.LogLoss(scores, labels)
            .ShouldBe(-scores.Zip(labels, (s, l) => Math.Log(l == 1 ? s : 1 - s)).Average(), 1e-12);
    }

    [Fact]
    public void Auc_counts_pairs_and_ties_half()
    {
        // Pairs (1 above 0): .8>.3, .8>.5, .5=.5 (half), .5>.3 → 3.5 of 4.
        ClassificationMetrics.Auc([0.3, 0.5, 0.8, 0.5], [0, 1, 1, 0]).ShouldBe(3.5 / 4);
        ClassificationMetrics.Auc([0.1, 0.2], [1, 1]).ShouldBe(double.NaN);
    }

    [Fact]
    public void Calibration_puts_each_probability_beside_what_came()
    {
        var bins = Calibration.Of([0.05, 0.07, 0.95, 0.91, 1.0], [0, 1, 1, 1, 0], 10);
        bins.Count.ShouldBe(2);
        bins[0].Predicted.ShouldBe(0.06, 1e-15);
        (bins[0].From, bins[0].To, bins[0].Count, bins[0].Observed).ShouldBe((0, 0.1, 2, 0.5));
        bins[1].Count.ShouldBe(3);
        bins[1].Observed.ShouldBe(2.0 / 3, 1e-15);
    }

    [Fact]
    public void Precision_at_the_top_is_the_share_of_ones_among_the_highest_scores_and_equal_scores_count_in_proportion()
    {
        double[] scores = [0.9, 0.8, 0.8, 0.8, 0.3, 0.2], labels = [1, 1, 0, 0, 1, 0];
        ClassificationMetrics.PrecisionAtTop(scores, labels, 0.1).ShouldBe(1);
        // The first, and one of three of which one is a one: (1 + 1/3) / 2.
        ClassificationMetrics.PrecisionAtTop(scores, labels, 1 / 3.0).ShouldBe(2 / 3.0, 1e-15);
        ClassificationMetrics.PrecisionAtTop(scores, labels, 1).ShouldBe(0.5);
        double.IsNaN(ClassificationMetrics.PrecisionAtTop([], [], 0.5)).ShouldBeTrue();
    }
}
