using Granary.Engine;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Networks;

/// <summary>Long short-term memory over the last rows of standardised features; the average of several networks with different initial
/// weights.</summary>
[Trainer("lstm", "Long short-term memory over the last rows, trained by Adam with early stopping; the mean of several.")]
internal sealed class LstmTrainer(
    [Range(1, 256)] int hidden = 16,
    [Range(1, 256)] int rows = 8,
    [Range(1, 100)] int members = 2,
    [Range(1, 100_000)] int epochs = 40,
    [Range(1, 100_000)] int batch = 64,
    [Range(1e-7, 1)] double learningRate = 0.003,
    [Range(0, 1e6)] double decay = 0.001,
    [Range(1, 100_000)] int patience = 6) : ITrainer
{
    public string Name => "lstm";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false, 40 + rows);
        if ((long)rows * set.Table.Width > 16_384)
            throw new InputException($"lstm reads {rows} rows of {set.Table.Width} features at once, which is more than 16384 "
                + $"values: use fewer rows or select features");
        var scaler = Standardiser.Fit(set);
        var scaling = LabelScaling.Of(set);
        var fitted = NetworkFitter.Fit(new LstmShape(set.Table.Width, rows, hidden),
            new NetworkSamples(set, scaler, scaling, rows), new NetworkSettings(members, epochs, batch, learningRate, decay, patience),
                options);
        return new LstmNetwork(new ModelHead(Name, set.Table.Task, set.Table.Features), rows, hidden, scaler, fitted, scaling.Mean,
            scaling.Scale);
    }
}
