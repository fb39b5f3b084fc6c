using System.Text.Json;
using Granary.Learning.Evaluation;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Testing;

namespace Granary.Learning.Tests.Trainers;

/// <summary>Against scikit-learn 1.2.1 on the same table and split.</summary>
public class ScikitLearnTests
{
    private static readonly Lazy<TrainingTable> Table = new(() =>
    {
        var lines = File.ReadAllLines(SharedData.Require("oracles/ml/features.csv"));
        var names = lines[0].Split(',')[1..^1];
        var values = new List<double>();
        var labels = new List<double>();
        foreach (var line in lines[1..])
        {
            var fields = line.Split(',');
            values.AddRange(fields[1..^1].Select(f => double.Parse(f)));
            labels.Add(double.Parse(fields[^1]));
        }
        return new TrainingTable(names, [.. values], [.. labels]);
    });

    private static JsonElement Oracle(string model)
    {
        var root = JsonDocument.Parse(File.ReadAllText(SharedData.Require("oracles/ml/classifiers.json"))).RootElement;
        return root.GetProperty("models").EnumerateArray()
            .Single(m => m.GetProperty("model").GetString()!.StartsWith(model, StringComparison.Ordinal));
    }

    [SharedTheory]
    [InlineData("logistic", "logistic")]
    [InlineData("gradient-boosting", "gbm")]
    [InlineData("gradient-boosting", "histgbm")]
    [InlineData("random-forest", "rf")]
    [InlineData("mlp", "mlp")]
    public void Out_of_sample_auc_is_no_more_than_a_hundredth_below(string trainer, string family)
    {
        var expected = Oracle(family).GetProperty("auc_test").GetDouble();
        var table = Table.Value;
        var model = TrainerCatalogue.BuiltIn.Create(trainer).Train(table.Range(0, 4200), new TrainingOptions(1, 2));
        var (rows, predicted) = Prediction.Of(model, table.Range(4200, 6000));
        ClassificationMetrics.Auc(predicted, Prediction.Labels(table, rows)).ShouldBeGreaterThan(expected - 0.01);
    }

    [SharedFact]
    public void Logistic_coefficients_and_probabilities_are_the_same_to_the_oracle_solver_tolerance()
    {
        var oracle = Oracle("logistic");
        var table = Table.Value;
        var set = table.Range(0, 4200);
        var scaler = Standardiser.Fit(set);
        var model = (Granary.Learning.Linear.LinearModel)TrainerCatalogue.BuiltIn.Create("logistic").Train(set, new TrainingOptions());
        var coefficients = oracle.GetProperty("coef_on_standardised").EnumerateArray().Select(e => e.GetDouble()).ToArray();
        for (var f = 0; f < coefficients.Length; f++)
            (model.Weights[f] / scaler.Scale[f]).ShouldBe(coefficients[f], 2e-4, table.Features[f]);
        var first = oracle.GetProperty("first20_test_probabilities").EnumerateArray().Select(e => e.GetDouble()).ToArray();
        for (var i = 0; i < first.Length; i++) model.Predict(table.Row(4200 + i)).ShouldBe(first[i], 1e-4);
        var (rows, predicted) = Prediction.Of(model, table.Range(4200, 6000));
        ClassificationMetrics.LogLoss(predicted, Prediction.Labels(table, rows))
            .ShouldBe(oracle.GetProperty("logloss_test").GetDouble(), 1e-4);
        ClassificationMetrics.Accuracy(predicted, Prediction.Labels(table, rows))
            .ShouldBe(oracle.GetProperty("accuracy_test").GetDouble(), 1e-3);
    }

    [SharedFact]
    public void Least_squares_gives_the_coefficients_of_the_panel_oracle()
    {
        var lines = File.ReadAllLines(SharedData.Require("oracles/ml/omp_panel.csv"));
        var header = lines[0].Split(',');
        var target = Array.IndexOf(header, "INDEX");
        int[] columns = [.. Enumerable.Range(0, header.Length).Where(i => header[i].StartsWith('S'))];
        var rows = lines[1..].Select(l => l.Split(',')).ToArray();
        var table = new TrainingTable([.. columns.Select(c => header[c])],
            [.. rows.SelectMany(r => columns.Select(c => double.Parse(r[c])))],
            [.. rows.Select(r => double.Parse(r[target]))], labelName: "INDEX");
        var model = (Granary.Learning.Linear.LinearModel)TrainerCatalogue.BuiltIn.Create("linear")
            .Train(table.All(), new TrainingOptions());
        var expected = JsonDocument.Parse(File.ReadAllText(SharedData.Require("oracles/ml/omp.json"))).RootElement
            .GetProperty("linear_regression").GetProperty("coef").EnumerateArray().Select(e => e.GetDouble()).ToArray();
        for (var f = 0; f < expected.Length; f++) model.Weights[f].ShouldBe(expected[f], 1e-9);
    }
}
