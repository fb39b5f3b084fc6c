using Granary.Learning.Features;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Experiments;

/// <summary>One model of a search: a trainer with its parameters, on a set of features.</summary>
/// <param name="Index">Position in the plan, from 0. The lower index wins a tie.</param>
/// <param name="FeatureSet">Index of the feature set in the search, from 0.</param>
/// <param name="Keep">Number of features that each fold selects; 0 = all.</param>
internal sealed record SearchCandidate(int Index, TrainerSetting Trainer, int FeatureSet, FeatureSet Features, int Keep)
{
    /// <summary>Display name, such as <c>logistic(c=1), features 2, best 5</c>.</summary>
    /// <param name="sets">Number of feature sets in the search.</param>
    public string NameAmong(int sets) =>
        Trainer + (sets > 1 ? $", features {FeatureSet + 1}" : "") + (Keep > 0 ? $", best {Keep}" : "");

    /// <summary>Text of everything that determines the candidate's fits; part of the cache key.</summary>
    public string Text => $"{Trainer}|{string.Join(';', Features.Names)}|{Keep}";

    /// <summary>Returns the learning section with this candidate's trainer, parameters and features.</summary>
    public LearningSpec Of(LearningSpec section) =>
        section with { Trainer = Trainer.Name, Parameters = Trainer.Parameters, Features = Features, Keep = Keep };
}
