using Granary.Engine;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Evaluation;

/// <summary>Computes a model's predictions for the rows of a table.</summary>
internal static class Prediction
{
    /// <summary>
    /// Returns predictions for the rows with enough history, and these rows. A model that uses past labels receives those known at the
    /// time.
    /// </summary>
    /// <exception cref="InputException">The table's columns differ from the model's.</exception>
    public static (int[] Rows, double[] Values) Of(ITrainedModel model, TrainingSet set)
    {
        if (set.Table.Features.FirstOrDefault(f => !model.Features.Contains(f)) is { } extra && model.Input.Kind == ModelInputKind.Features)
            throw new InputException($"the table has the column '{extra}', which the model was not trained on: leave it out; the "
                + $"model's are {string.Join(", ", model.Features)}");
        var table = set.Table.Select(model.Features);
        var rows = Array.FindAll(set.Rows, row => table.CanRead(row, model.Input));
        var values = new double[rows.Length];
        var buffer = model.Input.Kind != ModelInputKind.Features ? new double[model.Input.Length] : [];
        for (var i = 0; i < rows.Length; i++) values[i] = model.Predict(table.ReadInput(rows[i], model.Input, buffer));
        return (rows, values);
    }

    /// <summary>Returns the labels of these rows.</summary>
    public static double[] Labels(TrainingTable table, int[] rows)
    {
        var labels = new double[rows.Length];
        for (var i = 0; i < rows.Length; i++) labels[i] = table.Label[rows[i]];
        return labels;
    }
}
