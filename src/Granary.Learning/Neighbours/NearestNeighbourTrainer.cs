using Granary.Engine.Market;
using Granary.Learning.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Neighbours;

/// <summary>The weighted mean label of the nearest training samples, by Euclidean distance between standardised features.</summary>
[Trainer("knn", "k nearest neighbours on standardised features; k 0 = the odd number next to one and a half times the square root of the "
    + "samples, 201 at most.")]
internal sealed class NearestNeighbourTrainer([Range(0, 2001)] int k = 0) : ITrainer
{
    public string Name => "knn";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false, Math.Max(20, k));
        var scaler = Standardiser.Fit(set);
        var neighbours = k > 0 ? k : Math.Min(201, (int)(1.5 * Math.Sqrt(set.Count)) | 1);
        return new NearestNeighbourModel(new ModelHead(Name, set.Table.Task, set.Table.Features), neighbours, scaler,
            scaler.Apply(set), set.Labels(), set.Weights());
    }
}
