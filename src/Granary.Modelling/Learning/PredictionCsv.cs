using System.Globalization;
using Granary.Reporting.Runs;

namespace Granary.Modelling.Learning;

/// <summary>Writes predictions.csv: the predictions of a run's models. All their metrics can be computed from it.</summary>
public static class PredictionCsv
{
    /// <summary>Name of the file in the run's folder.</summary>
    public const string Name = "predictions.csv";

    public static void Write(TextWriter writer, IReadOnlyList<TrainedUnit> units)
    {
        using var csv = CsvText.Open(writer);
        foreach (var column in (string[])["model", "window", "set", "time", "label_time", "prediction", "label"]) csv.WriteField(column);
        csv.NextRecord();
        foreach (var unit in units)
            foreach (var sample in unit.Predictions)
            {
                csv.WriteField(unit.Name);
                csv.WriteField(sample.Window == 0 ? "all" : sample.Window.ToString(CultureInfo.InvariantCulture));
                csv.WriteField(sample.IsTest ? "test" : "train");
                csv.WriteField(RunText.Time(sample.Time));
                csv.WriteField(RunText.Time(sample.LabelTime));
                csv.WriteField(RunText.Number(sample.Prediction));
                csv.WriteField(RunText.Number(sample.Label));
                csv.NextRecord();
            }
    }
}
