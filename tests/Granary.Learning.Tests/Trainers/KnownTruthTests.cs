using Granary.Engine.Numerics;
using Granary.Learning.Evaluation;
using Granary.Learning.Linear;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Testing;

namespace Granary.Learning.Tests.Trainers;

/// <summary>The twin of <see cref="ScikitLearnTests"/> on generated tables whose truth is known.</summary>
public class KnownTruthTests
{
    private const int Rows = 6000, Trained = 4200, Features = 8;

    /// <summary>Labels are drawn with a known probability, so no model can rank them better than that probability does.</summary>
    private static (TrainingTable Table, double[] Truth) Generate()
    {
        var random = new PortableRandom(5);
        var (values, labels, truth) = (new double[Rows * Features], new double[Rows], new double[Rows]);
        for (var r = 0; r < Rows; r++)
        {
            var row = values.AsSpan(r * Features, Features);
            for (var f = 0; f < Features; f++) row[f] = random.NextGaussian();
            truth[r] = 1 / (1 + Math.Exp(-(1.2 * row[0] - 0.8 * row[1] + 0.5 * row[2])));
            labels[r] = random.NextDouble() < truth[r] ? 1 : 0;
        }
        return (new TrainingTable([.. Enumerable.Range(0, Features).Select(f => $"f{f}")], values, labels), truth);
    }

    [Theory]
    [InlineData("logistic", 0.005)]
    [InlineData("gradient-boosting", 0.03)]
    [InlineData("random-forest", 0.03)]
    [InlineData("mlp", 0.03)]
    public void A_trainer_ranks_unseen_rows_nearly_as_well_as_the_truth_does(string trainer, double distance)
    {
        var (table, truth) = Generate();
        var model = TrainerCatalogue.BuiltIn.Create(trainer).Train(table.Range(0, Trained), new TrainingOptions(1, 2));
        var (rows, predicted) = Prediction.Of(model, table.Range(Trained, Rows));
        var labels = Prediction.Labels(table, rows);
        var best = ClassificationMetrics.Auc(truth[Trained..], labels);
        best.ShouldBeGreaterThan(0.75);
        ClassificationMetrics.Auc(predicted, labels).ShouldBeInRange(best - distance, best + 0.01);
    }

    [Fact]
    public void Least_squares_leaves_residuals_that_no_column_of_the_panel_explains()
    {
        var lines = File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "tests", "Shared", "oracles", "ml", "omp_panel.csv"));
        var header = lines[0].Split(',');
        var target = Array.IndexOf(header, "INDEX");
        int[] columns = [.. Enumerable.Range(0, header.Length).Where(i => header[i].StartsWith('S'))];
        double[][] rows =
            [.. lines[1..].Select(l => l.Split(',')).Select(f => columns.Append(target).Select(c => double.Parse(f[c])).ToArray())];
        var table = new TrainingTable([.. columns.Select(c => header[c])], [.. rows.SelectMany(r => r[..^1])], [.. rows.Select(r => r[^1])],
            labelName: "INDEX");
        var model = (LinearModel)TrainerCatalogue.BuiltIn.Create("linear").Train(table.All(), new TrainingOptions());
        double[] residuals = [.. rows.Select((r, i) => r[^1] - model.Predict(table.Row(i)))];
        residuals.Average().ShouldBe(0, 1e-12);
        for (var c = 0; c < columns.Length; c++) residuals.Zip(rows, (e, r) => e * r[c]).Sum().ShouldBe(0, 1e-9, header[columns[c]]);
    }
}
