using Granary.Engine.Market;
using Granary.Learning.Trainers;
using Granary.Learning.Trees;
using Microsoft.ML;
using Microsoft.ML.Trainers.LightGbm;

namespace Granary.Learning.MLNet;

/// <summary>ML.NET's LightGBM: boosted trees that grow leaf by leaf.</summary>
[Trainer("mlnet-lightgbm", "ML.NET LightGBM: boosted trees.")]
public sealed class LightGbmTrainer(
    [Range(1, 100_000)] int trees = 100,
    [Range(2, 65_536)] int leaves = 31,
    [Range(1, 1_000_000)] int minLeaf = 20,
    [Range(1e-6, 1)] double learningRate = 0.1) : MLNetTreeTrainer("mlnet-lightgbm", minLeaf)
{
    private readonly int _minLeaf = minLeaf;

    private protected override TreeEnsemble Fit(MLContext context, MLNetTable table, IDataView view, int seed)
    {
        if (!table.Classify)
            return TreeTranslation.Boosted(Name, table, context.Regression.Trainers.LightGbm(new LightGbmRegressionTrainer.Options
            {
                NumberOfIterations = trees,
                NumberOfLeaves = leaves,
                MinimumExampleCountPerLeaf = _minLeaf,
                LearningRate = learningRate,
                NumberOfThreads = 1,
                Deterministic = true,
                Seed = seed,
                ExampleWeightColumnName = table.WeightColumn,
            }).Fit(view).Model.TrainedTreeEnsemble);
        var model = context.BinaryClassification.Trainers.LightGbm(new LightGbmBinaryTrainer.Options
        {
            NumberOfIterations = trees,
            NumberOfLeaves = leaves,
            MinimumExampleCountPerLeaf = _minLeaf,
            LearningRate = learningRate,
            NumberOfThreads = 1,
            Deterministic = true,
            Seed = seed,
            ExampleWeightColumnName = table.WeightColumn,
        }).Fit(view).Model;
        return TreeTranslation.Boosted(Name, table, model.SubModel.TrainedTreeEnsemble, model.Calibrator);
    }
}
