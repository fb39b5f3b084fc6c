using Granary.Engine.Market;
using Granary.Learning.Trainers;
using Granary.Learning.Trees;
using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace Granary.Learning.MLNet;

/// <summary>
/// ML.NET's FastForest. For two classes a leaf holds the mean m of labels −1 and 1, so the share of ones is (m + 1) / 2. The forest's
/// probability is the mean of these shares.
/// </summary>
[Trainer("mlnet-fastforest", "ML.NET FastForest: random forest.")]
internal sealed class FastForestTrainer(
    [Range(1, 100_000)] int trees = 100,
    [Range(2, 4096)] int leaves = 64,
    [Range(1, 1_000_000)] int minLeaf = 5,
    [Range(0.001, 1)] double featureFractionPerSplit = 0.3) : MLNetTreeTrainer("mlnet-fastforest", minLeaf)
{
    private readonly int _minLeaf = minLeaf;

    private protected override TreeEnsemble Fit(MLContext context, MLNetTable table, IDataView view, int seed) =>
        TreeEnsemble.Join(MLNetRun.Head(Name, table), table.Classify
        ? TreeTranslation.Trees(context.BinaryClassification.Trainers.FastForest(Set(new FastForestBinaryTrainer.Options(), table, seed))
            .Fit(view).Model.TrainedTreeEnsemble, table, v => Math.Clamp((1 + v) / 2, 0, 1))
        : TreeTranslation.Trees(context.Regression.Trainers.FastForest(Set(new FastForestRegressionTrainer.Options(), table, seed))
            .Fit(view).Model.TrainedTreeEnsemble, table, v => v * table.LabelDeviation + table.LabelMean),
        TreeLink.Mean, 0);

    private T Set<T>(T o, MLNetTable table, int seed) where T : FastForestOptionsBase
    {
        o.NumberOfTrees = trees;
        o.FeatureFractionPerSplit = featureFractionPerSplit;
        return TreeTranslation.Set(o, table, leaves, _minLeaf, seed);
    }
}
