using Granary.Engine.Market;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace Granary.Learning.MLNet;

/// <summary>
/// ML.NET's stochastic dual coordinate ascent: logistic regression for two classes, least squares for numbers. It runs on
/// one thread, because on several it is not repeatable.
/// </summary>
/// <param name="l1">Penalty on the sum of absolute weights; 0 for none.</param>
/// <param name="l2">Penalty on the sum of squared weights; 0 = ML.NET's default.</param>
/// <param name="iterations">The maximum number of iterations.</param>
[Trainer("mlnet-sdca", "ML.NET SDCA: logistic or linear regression by dual coordinate ascent.")]
internal sealed class SdcaTrainer(
    [Range(0, 1e6)] double l1 = 0,
    [Range(0, 1e6)] double l2 = 1e-3,
    [Range(1, 1_000_000)] int iterations = 100,
    [Range(1e-9, 10)] double tolerance = 0.0001) : ITrainer
{
    public string Name => "mlnet-sdca";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        var table = MLNetTable.From(Name, set, classesOnly: false);
        var scaler = Standardiser.Fit(table.Set);
        return MLNetRun.Train(Name, options, context =>
        {
            var view = table.View(context, scaler);
            if (table.Classify)
            {
                var model = context.BinaryClassification.Trainers.SdcaLogisticRegression(new SdcaLogisticRegressionBinaryTrainer.Options
                {
                    L1Regularization = (float)l1,
                    L2Regularization = l2 > 0 ? (float)l2 : null,
                    MaximumNumberOfIterations = iterations,
                    ConvergenceTolerance = (float)tolerance,
                    NumberOfThreads = 1,
                    ExampleWeightColumnName = table.WeightColumn,
                }).Fit(view).Model;
                return LinearTranslation.Classes(Name, table, scaler, model.SubModel, -model.Calibrator.Slope, -model.Calibrator.Offset);
            }
            return LinearTranslation.Numbers(Name, table, scaler, context.Regression.Trainers.Sdca(new SdcaRegressionTrainer.Options
            {
                L1Regularization = (float)l1,
                L2Regularization = l2 > 0 ? (float)l2 : null,
                MaximumNumberOfIterations = iterations,
                ConvergenceTolerance = (float)tolerance,
                NumberOfThreads = 1,
                ExampleWeightColumnName = table.WeightColumn,
            }).Fit(view).Model);
        });
    }
}
