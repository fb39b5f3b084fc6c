using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Networks;

/// <summary>Two hidden layers of rectified units on standardised features; the average of several networks with different initial
/// weights.</summary>
[Trainer("mlp", "Multilayer perceptron with two hidden layers, trained by Adam with early stopping; the mean of several.")]
internal sealed class PerceptronTrainer(
    [Range(1, 1024)] int hidden1 = 32,
    [Range(0, 1024)] int hidden2 = 16,
    [Range(1, 100)] int members = 4,
    [Range(1, 100_000)] int epochs = 200,
    [Range(1, 100_000)] int batch = 128,
    [Range(1e-7, 1)] double learningRate = 0.001,
    [Range(0, 1e6)] double decay = 0.0001,
    [Range(1, 100_000)] int patience = 10) : ITrainer
{
    public string Name => "mlp";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false, 40);
        int[] hidden = hidden2 > 0 ? [hidden1, hidden2] : [hidden1];
        var scaler = Standardiser.Fit(set);
        var scaling = LabelScaling.Of(set);
        var fitted = NetworkFitter.Fit(new PerceptronShape(set.Table.Width, hidden),
            new NetworkSamples(set, scaler, scaling, 1), new NetworkSettings(members, epochs, batch, learningRate, decay, patience),
                options);
        return new MultilayerPerceptron(new ModelHead(Name, set.Table.Task, set.Table.Features), hidden, scaler, fitted, scaling.Mean,
            scaling.Scale);
    }
}
