using Granary.Learning.Features;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Experiments;

/// <summary>One model of a search: a trainer with its parameters, on a set of features.</summary>
/// <param name="Index">Its place in the plan, from 0: of equals the earlier one is better.</param>
/// <param name="FeatureSet">Which of the search's sets, from 0.</param>
/// <param name="Keep">How many features are chosen within each fold; 0 = all.</param>
public sealed record SearchCandidate(int Index, TrainerSetting Trainer, int FeatureSet, FeatureSet Features, int Keep)
{
    /// <summary>As <c>logistic(c=1), features 2, best 5</c>.</summary>
    /// <param name="sets">How many sets of features the search has.</param>
    public string NameAmong(int sets) =>
        Trainer + (sets > 1 ? $", features {FeatureSet + 1}" : "") + (Keep > 0 ? $", best {Keep}" : "");

    /// <summary>All that decides its fits.</summary>
    public string Text => $"{Trainer}|{string.Join(';', Features.Names)}|{Keep}";

    /// <summary>The section whose model it is.</summary>
    public LearningSpec Of(LearningSpec section) =>
        section with { Trainer = Trainer.Name, Parameters = Trainer.Parameters, Features = Features, Keep = Keep };
}
