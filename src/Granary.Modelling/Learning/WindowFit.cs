using Granary.Engine;
using Granary.Learning.Labels;
using Granary.Learning.ModelFiles;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>Makes one fit of a section's model, with its sample weights and feature selection.</summary>
internal static class WindowFit
{
    /// <param name="rows">Rows of the table, ascending; the fit uses no others.</param>
    /// <exception cref="InputException">Nothing can be learned from the rows.</exception>
    public static ITrainedModel Train(LearningSpec spec, TrainingTable table, int[] rows, long seed, CancellationToken cancellationToken)
    {
        var set = new TrainingSet(table, rows);
        if (spec.Weights.HasFlag(WeightKinds.Uniqueness))
            set = new TrainingSet(set.Table.With(weight: SampleWeights.Uniqueness(set)), rows);
        if (spec.Weights.HasFlag(WeightKinds.Balanced))
            set = new TrainingSet(set.Table.With(weight: SampleWeights.Balanced(set)), rows);
        var trainer = spec.Catalogues.Trainers.Create(spec.Trainer, spec.Parameters);
        if (spec.Keep > 0) trainer = new SelectingTrainer(trainer, spec.Keep);
        var model = trainer.Train(set, new TrainingOptions(seed, 1, cancellationToken));
        return spec.Abstains ? GuardedModel.Of(model, set) : model;
    }
}
