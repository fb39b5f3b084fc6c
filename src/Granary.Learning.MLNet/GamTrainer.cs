using Granary.Engine;
using Granary.Engine.Market;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Learning.Trees;
using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace Granary.Learning.MLNet;

/// <summary>ML.NET's generalised additive model: the sum of one step function per feature. It is stored as one balanced tree per feature.
/// With a column of weights ML.NET 5.0 learns nothing, even if all weights are one. Therefore samples are repeated in proportion to
/// their weights.</summary>
[Trainer("mlnet-gam", "ML.NET GAM: a sum of step functions, one of each feature.")]
internal sealed class GamTrainer(
    [Range(1, 1_000_000)] int iterations = 1500,
    [Range(2, 4096)] int bins = 255,
    [Range(1e-6, 1)] double learningRate = 0.01) : ITrainer
{
    public string Name => "mlnet-gam";

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        TreeBounds.RequireWidth(Name, set.Table.Width);
        var table = MLNetTable.From(Name, set, classesOnly: false).Repeated();
        return MLNetRun.Train(Name, options, context =>
        {
            var view = table.View(context);
            if (table.Classify)
            {
                var model = context.BinaryClassification.Trainers.Gam(new GamBinaryTrainer.Options
                {
                    NumberOfIterations = iterations,
                    MaximumBinCountPerFeature = bins,
                    LearningRate = learningRate,
                    NumberOfThreads = 1,
                    Seed = MLNetRun.Seed(options.Seed),
                }).Fit(view).Model;
                return Translate(table, model.SubModel, -model.Calibrator.Slope, -model.Calibrator.Offset);
            }
            return Translate(table, context.Regression.Trainers.Gam(new GamRegressionTrainer.Options
            {
                NumberOfIterations = iterations,
                MaximumBinCountPerFeature = bins,
                LearningRate = learningRate,
                NumberOfThreads = 1,
                Seed = MLNetRun.Seed(options.Seed),
            }).Fit(view).Model, table.LabelDeviation, table.LabelMean);
        });
    }

    private TreeEnsemble Translate(MLNetTable table, GamModelParametersBase model, double scale, double offset)
    {
        if (model.NumberOfShapeFunctions != table.Columns.Length)
            throw new InputException(
                $"{Name} dropped {table.Columns.Length - model.NumberOfShapeFunctions} of {table.Columns.Length} features, because they hardly "
                    + $"vary: leave them out, or select the best");
        var trees = new List<GrownTree>();
        for (var k = 0; k < table.Columns.Length; k++)
        {
            var effects = model.GetBinEffects(k);
            trees.Add(TreeTranslation.Steps(table.Columns[k], table.Set.Table.Width, [.. model.GetBinUpperBounds(k).Select(AtMost)],
                [.. effects.Select(e => scale * e)]));
        }
        return TreeEnsemble.Join(MLNetRun.Head(Name, table), trees, table.Classify ? TreeLink.Sigmoid : TreeLink.Sum,
            scale * model.Bias + offset);
    }

    // The greatest single-precision number that is not above the bound; single-precision values compare with it as with the bound.
    private static float AtMost(double bound)
    {
        var narrow = BinnedFeatures.Narrow(bound);
        return narrow > bound ? MathF.BitDecrement(narrow) : narrow;
    }
}
