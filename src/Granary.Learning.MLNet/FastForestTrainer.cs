using Granary.Engine.Market;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Learning.Trees;
using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace Granary.Learning.MLNet;

/// <summary>
/// ML.NET's FastForest. For two classes its leaves hold the mean of −1 and 1, so that half of one more is the share of ones; the forest's probability is their mean.
/// </summary>
[Trainer("mlnet-fastforest", "ML.NET FastForest: random forest.")]
public sealed class FastForestTrainer(
    [Range(1, 100_000)] int trees = 100,
    [Range(2, 4096)] int leaves = 64,
    [Range(1, 1_000_000)] int minLeaf = 5,
    [Range(0.001, 1)] double featureFractionPerSplit = 0.3) : ITrainer
{
    public string Name => "mlnet-fastforest";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        TreeBounds.RequireWidth(Name, set.Table.Width);
        var table = MLNetTable.From(Name, set, classesOnly: false, least: Math.Max(20, 2 * minLeaf));
        return MLNetRun.Train(Name, options, context =>
        {
            var view = table.View(context);
            var head = MLNetRun.Head(Name, table);
            if (table.Classify)
            {
                var ensemble = context.BinaryClassification.Trainers.FastForest(Set(new FastForestBinaryTrainer.Options(), options, table.WeightColumn)).Fit(view).Model.TrainedTreeEnsemble;
                return TreeEnsemble.Join(head, TreeTranslation.Trees(ensemble, table, v => Math.Clamp((1 + v) / 2, 0, 1)), TreeLink.Mean, 0);
            }
            else
            {
                var ensemble = context.Regression.Trainers.FastForest(Set(new FastForestRegressionTrainer.Options(), options, table.WeightColumn)).Fit(view).Model.TrainedTreeEnsemble;
                return TreeEnsemble.Join(head, TreeTranslation.Trees(ensemble, table, v => v * table.LabelDeviation + table.LabelMean), TreeLink.Mean, 0);
            }
        });
    }

    private T Set<T>(T o, TrainingOptions options, string? weight) where T : FastForestOptionsBase
    {
        o.NumberOfTrees = trees;
        o.NumberOfLeaves = leaves;
        o.MinimumExampleCountPerLeaf = minLeaf;
        o.FeatureFractionPerSplit = featureFractionPerSplit;
        o.NumberOfThreads = 1;
        o.Seed = MLNetRun.Seed(options.Seed);
        o.FeatureSelectionSeed = o.Seed;
        o.ExampleWeightColumnName = weight;
        return o;
    }
}
