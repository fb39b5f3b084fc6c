using Granary.Learning.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.ModelFiles;

/// <summary>
/// Keeps the features whose ranks differ most between low and high labels (|Spearman's correlation|, for two classes the same order as |AUC
/// − ½|), measured on the training samples of the fold and nowhere else, and hands them to another trainer.
/// </summary>
public sealed class SelectingTrainer(ITrainer inner, int keep) : ITrainer
{
    public string Name => inner.Name;

    public ITrainedModel Train(TrainingSet set, TrainingOptions options)
    {
        set.RequireLearnable(Name, classesOnly: false);
        if (keep >= set.Table.Width) return inner.Train(set, options);
        var chosen = Choose(set);
        var narrow = set.Table.Select([.. chosen.Select(f => set.Table.Features[f])]);
        var model = inner.Train(new TrainingSet(narrow, set.Rows), options);
        return model.Input.Kind != ModelInputKind.Features ? model : new SelectedFeaturesModel(set.Table.Features, chosen, model);
    }

    private int[] Choose(TrainingSet set)
    {
        var width = set.Table.Width;
        var labelRanks = RankCorrelation.Ranks(set.Labels());
        var strength = new double[width];
        var column = new double[set.Count];
        for (var f = 0; f < width; f++)
        {
            for (var i = 0; i < column.Length; i++) column[i] = set.Table.Row(set.Rows[i])[f];
            strength[f] = Math.Abs(RankCorrelation.OfRanks(RankCorrelation.Ranks(column), labelRanks));
        }
        return [.. Enumerable.Range(0, width).OrderByDescending(f => strength[f]).ThenBy(f => f).Take(keep).Order()];
    }
}
