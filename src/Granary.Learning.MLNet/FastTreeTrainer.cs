using Granary.Engine.Market;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Learning.Trees;
using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace Granary.Learning.MLNet;

/// <summary>ML.NET's FastTree: boosted trees, for two classes by MART with the logistic loss, for numbers by least squares.</summary>
[Trainer("mlnet-fasttree", "ML.NET FastTree: boosted regression trees.")]
public sealed class FastTreeTrainer(
    [Range(1, 100_000)] int trees = 100,
    [Range(2, 4096)] int leaves = 20,
    [Range(1, 1_000_000)] int minLeaf = 20,
    [Range(1e-6, 1)] double learningRate = 0.05) : ITrainer
{
    public string Name => "mlnet-fasttree";

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
                var model = context.BinaryClassification.Trainers.FastTree(Set(new FastTreeBinaryTrainer.Options(), options, table.WeightColumn)).Fit(view).Model;
                // p = 1 / (1 + e^(slope · score + offset)), and the slope is negative.
                var (slope, offset) = (-model.Calibrator.Slope, -model.Calibrator.Offset);
                var ensemble = model.SubModel.TrainedTreeEnsemble;
                return TreeEnsemble.Join(head, TreeTranslation.Trees(ensemble, table, v => slope * v), TreeLink.Sigmoid, slope * ensemble.Bias + offset);
            }
            else
            {
                var ensemble = context.Regression.Trainers.FastTree(Set(new FastTreeRegressionTrainer.Options(), options, table.WeightColumn)).Fit(view).Model.TrainedTreeEnsemble;
                return TreeEnsemble.Join(head, TreeTranslation.Trees(ensemble, table, v => v * table.LabelDeviation), TreeLink.Sum, ensemble.Bias * table.LabelDeviation + table.LabelMean);
            }
        });
    }

    private T Set<T>(T o, TrainingOptions options, string? weight) where T : BoostedTreeOptions
    {
        o.NumberOfTrees = trees;
        o.NumberOfLeaves = leaves;
        o.MinimumExampleCountPerLeaf = minLeaf;
        o.LearningRate = learningRate;
        o.NumberOfThreads = 1;
        o.Seed = MLNetRun.Seed(options.Seed);
        o.FeatureSelectionSeed = o.Seed;
        o.ExampleWeightColumnName = weight;
        return o;
    }
}
