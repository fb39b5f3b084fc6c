using Granary.Engine.Market;
using Granary.Learning.Linear;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Plugins;

/// <summary>Sides with the class whose mean is nearer: the line half way between the means of the two classes.</summary>
/// <param name="strength">How fast the probability leaves one half with the distance from that line.</param>
[Trainer("granary-plugin", "The line half way between the means of the two classes, on standardised features.")]
public sealed class GranaryPlugin([Range(0.01, 100)] double strength = 1) : ITrainer
{
    public string Name => "granary-plugin";

    // The same samples give the same model to the last bit: sums run in the order of the rows.
    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: true);
        var scaler = Standardiser.Fit(set);
        var (z, labels, width) = (scaler.Apply(set), set.Labels(), set.Table.Width);
        var means = new double[2, width];
        var counts = new int[2];
        for (var row = 0; row < labels.Length; row++)
        {
            var side = labels[row] > 0.5 ? 1 : 0;
            counts[side]++;
            for (var f = 0; f < width; f++) means[side, f] += z[row * width + f];
        }
        var weights = new double[width];
        var intercept = 0.0;
        for (var f = 0; f < width; f++)
        {
            var (low, high) = (means[0, f] / counts[0], means[1, f] / counts[1]);
            weights[f] = strength * (high - low) * scaler.Scale[f];
            intercept -= strength * (high * high - low * low) / 2;
        }
        // A model of an existing kind: every host can read it from its file.
        var head = new ModelHead(Name, LearningTask.Classification, set.Table.Features);
        return new LinearModel(head, scaler.Mean, weights, intercept, sigmoid: true);
    }
}
