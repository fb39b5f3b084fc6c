using Granary.Learning.Labels;
using Granary.Learning.ModelFiles;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Learning;

/// <summary>One fit of a section's model, with its weights and its selection of features.</summary>
internal static class WindowFit
{
    /// <param name="rows">Of the table, rising: all that the fit knows.</param>
    /// <exception cref="Granary.Learning.LearningInputException">Nothing can be learned from them.</exception>
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
