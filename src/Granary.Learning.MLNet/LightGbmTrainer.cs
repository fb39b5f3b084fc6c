using Granary.Engine.Market;
using Granary.Learning.Trainers;
using Granary.Learning.Trees;
using Microsoft.ML;
#if LIGHTGBM
using Microsoft.ML.Trainers.LightGbm;
#endif

#pragma warning disable CS9113 // without LightGBM the parameters are there to be listed, not to be read
namespace Granary.Learning.MLNet;

/// <summary>
/// ML.NET's LightGBM, where this library was built with it and the operating system has its native part; elsewhere one sentence says what
/// is missing.
/// </summary>
[Trainer("mlnet-lightgbm", "ML.NET LightGBM: boosted trees, where its native part is installed.")]
public sealed class LightGbmTrainer(
    [Range(1, 100_000)] int trees = 100,
    [Range(2, 65_536)] int leaves = 31,
    [Range(1, 1_000_000)] int minLeaf = 20,
    [Range(1e-6, 1)] double learningRate = 0.1) : MLNetTreeTrainer("mlnet-lightgbm", minLeaf)
{
#if LIGHTGBM
    private readonly int _minLeaf = minLeaf;

    private protected override TreeEnsemble Fit(MLContext context, MLNetTable table, IDataView view, int seed)
    {
        if (!table.Classify)
            return TreeTranslation.Boosted(Name, table, context.Regression.Trainers.LightGbm(new LightGbmRegressionTrainer.Options
            {
                NumberOfIterations = trees, NumberOfLeaves = leaves, MinimumExampleCountPerLeaf = _minLeaf, LearningRate = learningRate,
                NumberOfThreads = 1, Deterministic = true, Seed = seed, ExampleWeightColumnName = table.WeightColumn,
            }).Fit(view).Model.TrainedTreeEnsemble);
        var model = context.BinaryClassification.Trainers.LightGbm(new LightGbmBinaryTrainer.Options
        {
            NumberOfIterations = trees, NumberOfLeaves = leaves, MinimumExampleCountPerLeaf = _minLeaf, LearningRate = learningRate,
            NumberOfThreads = 1, Deterministic = true, Seed = seed, ExampleWeightColumnName = table.WeightColumn,
        }).Fit(view).Model;
        return TreeTranslation.Boosted(Name, table, model.SubModel.TrainedTreeEnsemble, model.Calibrator);
    }

    private protected override TreeEnsemble RunTraining(Func<TreeEnsemble> train)
    {
        try
        {
            return train();
        }
        catch (Exception e) when (
            e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException)
        {
            throw new LearningInputException(
                $"{Name} needs LightGBM's native library, which does not load here ({e.GetType().Name}): put lib_lightgbm of the package "
                    + $"LightGBM beside Granary.Learning.MLNet.dll, or use mlnet-fasttree or gradient-boosting", e);
        }
    }
#else
    private protected override TreeEnsemble Fit(MLContext context, MLNetTable table, IDataView view, int seed) =>
        throw new LearningInputException($"{Name} needs LightGBM's native library, and this build of Granary.Learning.MLNet is without: "
            + $"build it with 'dotnet build -c Release -p:LightGbm=true src/Granary.Learning.MLNet' where the package "
            + $"Microsoft.ML.LightGbm restores, or use mlnet-fasttree or gradient-boosting");
#endif
}
