using System.Globalization;
using Granary.Reporting.Tables;

namespace Granary.Modelling.Learning;

/// <summary>The table predictions: the predictions of a run's models. All their metrics can be computed from it.</summary>
internal static class PredictionTable
{
    /// <summary>Name of the table.</summary>
    public const string Name = "predictions";

    public static readonly TableDefinition<(string Model, PredictedSample Sample)> Definition =
        new TableDefinition<(string Model, PredictedSample Sample)>()
            .Word("model", r => r.Model)
            .Word("window", r => r.Sample.Window == 0 ? "all" : r.Sample.Window.ToString(CultureInfo.InvariantCulture))
            .Word("set", r => r.Sample.IsTest ? "test" : "train").Time("time", r => r.Sample.Time)
            .Time("label_time", r => r.Sample.LabelTime).Number("prediction", r => r.Sample.Prediction)
            .Number("label", r => r.Sample.Label);

    public static Table Of(IReadOnlyList<TrainedUnit> units) =>
        Definition.Of(units.SelectMany(u => u.Predictions.Select(s => (u.Name, s))));
}
