using Granary.Contracts.Models;
using Granary.Engine;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Simulation.Json;

namespace Granary.Modelling.Learning;

/// <summary>Predicts rows of features with a model.</summary>
internal static class RowPredictions
{
    /// <summary>Predicts with one version of a model.</summary>
    /// <param name="name">Name of the model.</param>
    /// <param name="number">Number of the version.</param>
    /// <param name="rows">A list of objects with a number for each feature of the model.</param>
    /// <exception cref="InputException">The model cannot predict single rows.</exception>
    /// <exception cref="InputException">A row lacks a feature.</exception>
    public static ModelAnswers Of(ITrainedModel model, string name, int number, JsonPart rows)
    {
        if (model.Input.Kind != ModelInputKind.Features || model.Input.Length != 1)
            throw new InputException(
                $"the model {name}:{number} looks back over several rows; ask it with 'granary models predict'");
        var list = rows.List();
        if (list.Count is 0 or > 100_000) throw rows.Fault("give 1 to 100,000 rows");
        var (features, predictions) = (model.Features.ToArray(), new double[list.Count]);
        var row = new double[features.Length];
        for (var i = 0; i < predictions.Length; i++)
        {
            list[i].Only(features);
            for (var f = 0; f < row.Length; f++) row[f] = list[i].Need(features[f]).Number();
            predictions[i] = model.Predict(row);
        }
        return new ModelAnswers(name, number, predictions);
    }
}
