using Granary.Engine.Market;
using Granary.Learning.Trainers;
using Granary.Learning.Trees;
using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace Granary.Learning.MLNet;

/// <summary>ML.NET's FastTree: boosted trees, for two classes by MART with the logistic loss, for numbers by least squares.</summary>
[Trainer("mlnet-fasttree", "ML.NET FastTree: boosted regression trees.")]
internal sealed class FastTreeTrainer(
    [Range(1, 100_000)] int trees = 100,
    [Range(2, 4096)] int leaves = 20,
    [Range(1, 1_000_000)] int minLeaf = 20,
    [Range(1e-6, 1)] double learningRate = 0.05) : MLNetTreeTrainer("mlnet-fasttree", minLeaf)
{
    private readonly int _minLeaf = minLeaf;

    private protected override TreeEnsemble Fit(MLContext context, MLNetTable table, IDataView view, int seed)
    {
        if (!table.Classify)
            return TreeTranslation.Boosted(Name, table,
                context.Regression.Trainers.FastTree(Set(new FastTreeRegressionTrainer.Options(), table, seed))
                    .Fit(view).Model.TrainedTreeEnsemble);
        var model = context.BinaryClassification.Trainers.FastTree(Set(new FastTreeBinaryTrainer.Options(), table, seed)).Fit(view).Model;
        return TreeTranslation.Boosted(Name, table, model.SubModel.TrainedTreeEnsemble, model.Calibrator);
    }

    private T Set<T>(T o, MLNetTable table, int seed) where T : BoostedTreeOptions
    {
        o.NumberOfTrees = trees;
        o.LearningRate = learningRate;
        return TreeTranslation.Set(o, table, leaves, _minLeaf, seed);
    }
}
