using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.Trees;

/// <summary>
/// Random forest (Breiman 2001): every tree uses a bootstrap sample, and every node a random subset of the features (the square root of
/// their number for two classes, a third for numbers). The prediction is the mean of the leaf means.
/// </summary>
[Trainer("random-forest", "Random forest; features 0 = the square root of their number for two classes, a third for numbers.")]
internal sealed class RandomForestTrainer(
    [Range(1, 100_000)] int trees = 200,
    [Range(1, 1_000_000)] int minLeaf = 5,
    [Range(0, 4096)] int features = 0,
    [Range(1, 60)] int maxDepth = 60) : ITrainer
{
    public string Name => "random-forest";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false, Math.Max(20, 2 * minLeaf));
        TreeBounds.RequireWidth(Name, set.Table.Width);
        var threads = new TrainingThreads(options);
        var binned = BinnedFeatures.From(set, threads);
        var labels = set.Labels();
        var weights = set.Weights();
        var width = set.Table.Width;
        var some = features > 0 ? Math.Min(features, width)
            : Math.Max(1, set.Table.Task == LearningTask.Classification ? (int)Math.Sqrt(width) : width / 3);
        var grown = new GrownTree[trees];
        threads.For(trees, (long)trees * labels.Length * 100, t =>
        {
            options.Cancellation.ThrowIfCancellationRequested();
            var random = new PortableRandom(options.Seed, t);
            var drawn = new int[labels.Length];
            for (var i = 0; i < drawn.Length; i++) drawn[random.Next(drawn.Length)]++;
            var rows = new List<int>(labels.Length);
            var share = new double[labels.Length];
            for (var i = 0; i < drawn.Length; i++)
            {
                share[i] = drawn[i] * weights[i];
                if (share[i] > 0) rows.Add(i);
            }
            grown[t] = new VarianceTreeGrower(binned, labels, share, new(some, minLeaf, maxDepth), random).Grow([.. rows]);
        });
        return TreeEnsemble.Join(new ModelHead(Name, set.Table.Task, set.Table.Features), grown, TreeLink.Mean, 0);
    }
}
