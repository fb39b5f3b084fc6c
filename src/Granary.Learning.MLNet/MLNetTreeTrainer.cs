using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Learning.Trees;
using Microsoft.ML;

namespace Granary.Learning.MLNet;

/// <summary>Base of ML.NET's tree trainers. Each trains on a table with one thread; its trees are converted to Granary's.</summary>
/// <param name="minLeaf">Samples that a leaf needs: twice as many, and twenty at the least, are needed in all.</param>
public abstract class MLNetTreeTrainer(string name, int minLeaf) : ITrainer
{
    public string Name => name;

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        TreeBounds.RequireWidth(name, set.Table.Width);
        var table = MLNetTable.From(name, set, classesOnly: false, least: Math.Max(20, 2 * minLeaf));
        return MLNetRun.Train(name, options, context => Fit(context, table, table.View(context), MLNetRun.Seed(options.Seed)));
    }

    /// <summary>Trains for two classes or for numbers, as <see cref="MLNetTable.Classify"/> says.</summary>
    private protected abstract TreeEnsemble Fit(MLContext context, MLNetTable table, IDataView view, int seed);
}
