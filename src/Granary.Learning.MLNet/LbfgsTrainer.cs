using Granary.Engine.Market;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace Granary.Learning.MLNet;

/// <summary>
/// ML.NET's logistic regression by limited-memory BFGS, for two classes only; <see cref="SdcaTrainer"/> also predicts numbers.
/// </summary>
[Trainer("mlnet-lbfgs", "ML.NET L-BFGS: logistic regression.")]
internal sealed class LbfgsTrainer(
    [Range(0, 1e6)] double l1 = 0,
    [Range(0, 1e6)] double l2 = 1,
    [Range(1, 1_000_000)] int iterations = 1000) : ITrainer
{
    public string Name => "mlnet-lbfgs";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        var table = MLNetTable.From(Name, set, classesOnly: true);
        var scaler = Standardiser.Fit(table.Set);
        return MLNetRun.Train(Name, options, context =>
        {
            var model = context.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
            {
                L1Regularization = (float)l1,
                L2Regularization = (float)l2,
                MaximumNumberOfIterations = iterations,
                NumberOfThreads = 1,
                ExampleWeightColumnName = table.WeightColumn,
            }).Fit(table.View(context, scaler)).Model;
            return LinearTranslation.Classes(Name, table, scaler, model.SubModel, -model.Calibrator.Slope, -model.Calibrator.Offset);
        });
    }
}
