using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>A row of predictions.csv.</summary>
/// <param name="Window">From 1; 0 for the model of all samples.</param>
/// <param name="Time">Features known, UTC.</param>
/// <param name="LabelTime">Label known, UTC.</param>
internal sealed record ModelSample(int Window, bool IsTest, DateTime Time, DateTime LabelTime, double Prediction, double Label);

/// <summary>The samples of each model of a run, and the measures that follow from them.</summary>
internal static class ModelSamples
{
    /// <returns>By model, in the order of the file.</returns>
    public static List<(string Model, List<ModelSample> Samples)> Read(string folder)
    {
        var table = CsvTable.Read(Path.Combine(folder, "predictions.csv"));
        return [.. table.Rows.GroupBy(r => table.Text(r, "model")).Select(g => (g.Key, g.Select(r => new ModelSample(
            table.Text(r, "window") is "all" ? 0 : int.Parse(table.Text(r, "window")), table.Text(r, "set") == "test",
            table.Time(r, "time"), table.Time(r, "label_time"), table.Number(r, "prediction"), table.Number(r, "label"))).ToList()))];
    }

    /// <summary>Area under the curve, accuracy, logarithmic loss and Brier score of probabilities; R² and errors of numbers.</summary>
    /// <returns>By the names of learning.json; NaN for a measure that is not defined.</returns>
    public static Dictionary<string, double> Measures(IReadOnlyCollection<ModelSample> samples, bool isProbability)
    {
        var measures = new Dictionary<string, double> { ["samples"] = samples.Count };
        if (isProbability)
        {
            measures["auc"] = AreaUnderCurve(samples);
            measures["accuracy"] = samples.Average(s => s.Prediction > 0.5 == (s.Label == 1) ? 1.0 : 0);
            measures["logLoss"] = -samples.Average(s => Math.Log(s.Label == 1 ? Inner(s.Prediction) : 1 - Inner(s.Prediction)));
            measures["brier"] = samples.Average(s => Math.Pow(s.Prediction - s.Label, 2));
            return measures;
        }
        var mean = samples.Average(s => s.Label);
        var squares = samples.Sum(s => Math.Pow(s.Label - s.Prediction, 2));
        measures["r2"] = 1 - squares / samples.Sum(s => Math.Pow(s.Label - mean, 2));
        measures["rmse"] = Math.Sqrt(squares / samples.Count);
        measures["mae"] = samples.Average(s => Math.Abs(s.Label - s.Prediction));
        return measures;
    }

    // As scikit-learn's log_loss cuts probabilities.
    private static double Inner(double probability) => Math.Clamp(probability, 1e-15, 1 - 1e-15);

    // By the sum of ranks, ties at the mean of theirs (Mann and Whitney 1947).
    private static double AreaUnderCurve(IReadOnlyCollection<ModelSample> samples)
    {
        var (rank, sum) = (0.0, 0.0);
        foreach (var tied in samples.GroupBy(s => s.Prediction).OrderBy(g => g.Key))
        {
            sum += tied.Count(s => s.Label == 1) * (rank + (tied.Count() + 1) / 2.0);
            rank += tied.Count();
        }
        double ones = samples.Count(s => s.Label == 1), zeros = samples.Count - ones;
        return ones == 0 || zeros == 0 ? double.NaN : (sum - ones * (ones + 1) / 2) / (ones * zeros);
    }
}
