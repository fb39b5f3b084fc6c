using Granary.Engine.Market;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace Granary.Learning.MLNet;

/// <summary>
/// ML.NET's averaged online gradient descent on the squared loss: the counterpart of the averaged perceptron for numbers. Samples are
/// repeated in proportion to their weights.
/// </summary>
[Trainer("mlnet-online-gradient", "ML.NET online gradient descent: linear regression.", Numbers = true)]
internal sealed class OnlineGradientTrainer(
    [Range(1, 100_000)] int iterations = 10,
    [Range(1e-9, 100)] double learningRate = 0.01,
    [Range(0, 1e6)] double l2 = 0) : ITrainer
{
    public string Name => "mlnet-online-gradient";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        var table = MLNetTable.From(Name, set, classesOnly: false, asNumbers: true).Repeated();
        var scaler = Standardiser.Fit(table.Set);
        return MLNetRun.Train(Name, options,
            context => LinearTranslation.Numbers(Name, table, scaler,
                context.Regression.Trainers.OnlineGradientDescent(new OnlineGradientDescentTrainer.Options
                {
                    NumberOfIterations = iterations,
                    LearningRate = (float)learningRate,
                    L2Regularization = (float)l2,
                    DecreaseLearningRate = true,
                }).Fit(table.View(context, scaler)).Model));
    }
}
