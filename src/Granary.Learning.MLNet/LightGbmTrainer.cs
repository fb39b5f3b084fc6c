using Granary.Engine.Market;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Learning.Trees;
#if LIGHTGBM
using Microsoft.ML;
using Microsoft.ML.Trainers.LightGbm;
#endif

#pragma warning disable CS9113 // without LightGBM the parameters are there to be listed, not to be read
namespace Granary.Learning.MLNet;

/// <summary>ML.NET's LightGBM, where this library was built with it and the operating system has its native part; elsewhere one sentence says what is missing.</summary>
[Trainer("mlnet-lightgbm", "ML.NET LightGBM: boosted trees, where its native part is installed.")]
public sealed class LightGbmTrainer(
    [Range(1, 100_000)] int trees = 100,
    [Range(2, 65_536)] int leaves = 31,
    [Range(1, 1_000_000)] int minLeaf = 20,
    [Range(1e-6, 1)] double learningRate = 0.1) : ITrainer
{
    public string Name => "mlnet-lightgbm";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        TreeBounds.RequireWidth(Name, set.Table.Width);
        var table = MLNetTable.From(Name, set, classesOnly: false, least: Math.Max(20, 2 * minLeaf));
#if LIGHTGBM
        try
        {
            return MLNetRun.Train(Name, options, context =>
            {
                var view = table.View(context);
                var head = MLNetRun.Head(Name, table);
                if (table.Classify)
                {
                    var model = context.BinaryClassification.Trainers.LightGbm(new LightGbmBinaryTrainer.Options
                    {
                        NumberOfIterations = trees, NumberOfLeaves = leaves, MinimumExampleCountPerLeaf = minLeaf, LearningRate = learningRate,
                        NumberOfThreads = 1, Deterministic = true, Seed = MLNetRun.Seed(options.Seed), ExampleWeightColumnName = table.WeightColumn,
                    }).Fit(view).Model;
                    var (slope, offset) = (-model.Calibrator.Slope, -model.Calibrator.Offset);
                    var ensemble = model.SubModel.TrainedTreeEnsemble;
                    return TreeEnsemble.Join(head, TreeTranslation.Trees(ensemble, table, v => slope * v), TreeLink.Sigmoid, slope * ensemble.Bias + offset);
                }
                else
                {
                    var ensemble = context.Regression.Trainers.LightGbm(new LightGbmRegressionTrainer.Options
                    {
                        NumberOfIterations = trees, NumberOfLeaves = leaves, MinimumExampleCountPerLeaf = minLeaf, LearningRate = learningRate,
                        NumberOfThreads = 1, Deterministic = true, Seed = MLNetRun.Seed(options.Seed), ExampleWeightColumnName = table.WeightColumn,
                    }).Fit(view).Model.TrainedTreeEnsemble;
                    return TreeEnsemble.Join(head, TreeTranslation.Trees(ensemble, table, v => v * table.LabelDeviation), TreeLink.Sum, ensemble.Bias * table.LabelDeviation + table.LabelMean);
                }
            });
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException or TypeInitializationException)
        {
            throw new LearningInputException($"{Name} needs LightGBM's native library, which does not load here ({e.GetType().Name}): put lib_lightgbm of the package LightGBM beside Granary.Learning.MLNet.dll, or use mlnet-fasttree or gradient-boosting", e);
        }
#else
        throw new LearningInputException($"{Name} needs LightGBM's native library, and this build of Granary.Learning.MLNet is without: build it with 'dotnet build -c Release -p:LightGbm=true src/Granary.Learning.MLNet' where the package Microsoft.ML.LightGbm restores, or use mlnet-fasttree or gradient-boosting");
#endif
    }
}
