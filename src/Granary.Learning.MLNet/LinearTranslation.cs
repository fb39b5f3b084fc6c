using Granary.Learning.Linear;
using Granary.Learning.Tables;
using Microsoft.ML.Trainers;

namespace Granary.Learning.MLNet;

/// <summary>Converts ML.NET's linear models of standardised features to Granary's, on the raw scale.</summary>
internal static class LinearTranslation
{
    /// <param name="slope">The probability is 1 / (1 + e^−(slope · score + offset)).</param>
    public static LinearModel Classes(string trainer, MLNetTable table, Standardiser scaler, LinearModelParameters model, double slope,
        double offset) =>
        new(MLNetRun.Head(trainer, table), scaler.Mean, Raw(table, scaler, model, 1), model.Bias, sigmoid: true, slope, offset);

    public static LinearModel Numbers(string trainer, MLNetTable table, Standardiser scaler, LinearModelParameters model) =>
        new(MLNetRun.Head(trainer, table), scaler.Mean, Raw(table, scaler, model, table.LabelDeviation),
            model.Bias * table.LabelDeviation + table.LabelMean, sigmoid: false);

    // A feature that was not passed to ML.NET has the weight zero.
    private static double[] Raw(MLNetTable table, Standardiser scaler, LinearModelParameters model, double unit)
    {
        var raw = new double[table.Set.Table.Width];
        for (var k = 0; k < table.Columns.Length; k++)
        {
            var c = table.Columns[k];
            raw[c] = model.Weights[k] * scaler.Scale[c] * unit;
        }
        return raw;
    }
}
