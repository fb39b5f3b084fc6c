using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Evaluation;

/// <summary>Out-of-sample loss of a model's score when one feature is shuffled among the test rows (Breiman 2001).</summary>
internal static class PermutationImportance
{
    /// <returns>
    /// [features]: decrease of the AUC (two classes) or R²; near or below zero for a feature that the model does not need. All zero if the
    /// test has only one class.
    /// </returns>
    public static double[] Of(ITrainedModel model, TrainingSet test, long seed)
    {
        var table = test.Table.Select(model.Features);
        var drops = new double[table.Width];
        if (model.Input.Kind != ModelInputKind.Features) return drops;
        var whole = Score(table);
        if (!double.IsFinite(whole)) return drops;
        var order = new int[test.Rows.Length];
        for (var f = 0; f < table.Width; f++)
        {
            var random = new PortableRandom(seed, 40_000 + f);
            test.Rows.CopyTo(order, 0);
            random.Shuffle(order.AsSpan());
            var values = table.Values.ToArray();
            for (var i = 0; i < order.Length; i++) values[test.Rows[i] * table.Width + f] = table.Row(order[i])[f];
            drops[f] = whole - Score(new TrainingTable(table.Features, values, table.Label.ToArray(), null,
                new(table.Time.ToArray(), table.LabelEnd.ToArray()), table.LabelName));
        }
        return drops;

        double Score(TrainingTable t)
        {
            var (rows, predicted) = Prediction.Of(model, new TrainingSet(t, test.Rows));
            var labels = Prediction.Labels(t, rows);
            return t.Task == LearningTask.Classification ? ClassificationMetrics.Auc(predicted, labels)
                : RegressionMetrics.RSquared(predicted, labels);
        }
    }
}
