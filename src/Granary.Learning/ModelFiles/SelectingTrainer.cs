using Granary.Learning.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;

namespace Granary.Learning.ModelFiles;

/// <summary>
/// Selects the features with the largest absolute rank correlation with the label (Spearman; for two classes the order equals that by |AUC
/// − ½|), and passes them to a different trainer. Only the training samples of the fold are used.
/// </summary>
internal sealed class SelectingTrainer(ITrainer inner, int keep) : ITrainer
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
