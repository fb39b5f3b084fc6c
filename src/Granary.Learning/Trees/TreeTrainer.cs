using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Trees;

/// <summary>
/// One decision tree that minimises the variance within its leaves (for two classes, the Gini impurity). Each node's mean is shrunk towards
/// its parent's by <c>shrinkage</c> samples, which limits the noise of small leaves.
/// </summary>
[Trainer("tree", "One decision tree.")]
internal sealed class TreeTrainer([Range(1, 60)] int maxDepth = 5, [Range(1, 1_000_000)] int minLeaf = 20, [Range(0, 1e9)]
    double shrinkage = 100) : ITrainer
{
    public string Name => "tree";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false, Math.Max(20, 2 * minLeaf));
        TreeBounds.RequireWidth(Name, set.Table.Width);
        var binned = BinnedFeatures.From(set, new TrainingThreads(options));
        var weights = set.Weights();
        int[] rows = [.. Enumerable.Range(0, weights.Length).Where(i => weights[i] > 0)];
        var tree = new VarianceTreeGrower(binned, set.Labels(), weights, new(set.Table.Width, minLeaf, maxDepth, shrinkage),
            new PortableRandom(options.Seed)).Grow(rows);
        return TreeEnsemble.Join(new ModelHead(Name, set.Table.Task, set.Table.Features), [tree], TreeLink.Mean, 0);
    }
}
