using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Learning.Trees;
using Microsoft.ML;

namespace Granary.Learning.MLNet;

/// <summary>Base of ML.NET's tree trainers. Each trains on a table with one thread; its trees are converted to Granary's.</summary>
/// <param name="minLeaf">Minimum samples of a leaf. The training needs twice as many, and at least twenty.</param>
public abstract class MLNetTreeTrainer(string name, int minLeaf) : ITrainer
{
    public string Name => name;

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        TreeBounds.RequireWidth(name, set.Table.Width);
        var table = MLNetTable.From(name, set, classesOnly: false, least: Math.Max(20, 2 * minLeaf));
        return MLNetRun.Train(name, options, context => Fit(context, table, table.View(context), MLNetRun.Seed(options.Seed)));
    }

    /// <summary>Trains for two classes or for numbers, depending on <see cref="MLNetTable.Classify"/>.</summary>
    private protected abstract TreeEnsemble Fit(MLContext context, MLNetTable table, IDataView view, int seed);
}
