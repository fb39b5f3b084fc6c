using Granary.Engine.Market;
using Granary.Learning.Linear;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace Granary.Learning.MLNet;

/// <summary>
/// ML.NET's averaged perceptron. It supports no sample weights, so samples are repeated in proportion to their weights. It gives no
/// probabilities, so a sigmoid (Platt 1999) is fitted to scores of held-out parts of the training samples.
/// </summary>
[Trainer("mlnet-averaged-perceptron", "ML.NET averaged perceptron, with Platt's probabilities.")]
internal sealed class AveragedPerceptronTrainer(
    [Range(1, 100_000)] int iterations = 10,
    [Range(1e-9, 1000)] double learningRate = 1,
    [Range(0, 1e6)] double l2 = 0) : ITrainer
{
    public string Name => "mlnet-averaged-perceptron";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        var table = MLNetTable.From(Name, set, classesOnly: true).Repeated();
        var scaler = Standardiser.Fit(table.Set);
        return MLNetRun.Train(Name, options, context =>
        {
            var (slope, offset) = PlattScaling.Fit(table.Set.Labels(), table.Set.Weights(), (kept, scored, scores) =>
            {
                var part = table.Part(kept);
                var model = LinearTranslation.Classes(Name, part, scaler, Fit(context, part, scaler), 1, 0);
                foreach (var i in scored) scores[i] = model.Score(table.Set.Table.Row(table.Set.Rows[i]));
            }, options.Cancellation);
            return LinearTranslation.Classes(Name, table, scaler, Fit(context, table, scaler), slope, offset);
        });
    }

    private LinearBinaryModelParameters Fit(MLContext context, MLNetTable table, Standardiser scaler) =>
        context.BinaryClassification.Trainers.AveragedPerceptron(new Microsoft.ML.Trainers.AveragedPerceptronTrainer.Options
        {
            NumberOfIterations = iterations,
            LearningRate = (float)learningRate,
            L2Regularization = (float)l2,
            DecreaseLearningRate = true,
        }).Fit(table.View(context, scaler)).Model;
}
