using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Experiments;

/// <summary>What a comparison tries: each trainer with each label of a section is a section of its own.</summary>
internal static class ComparedSections
{
    /// <param name="strategies">"all" or how many of the batch's first strategies.</param>
    /// <returns>In the order in which they are tried.</returns>
    public static IReadOnlyList<LearningSpec> Of(BatchPlan plan, string strategies)
    {
        var specs = LearnBatch.Specs(plan, strategies, inWindows: true);
        var costPercent = plan.Spec.Execution.CommissionPercent + plan.Spec.Execution.SlippagePercent;
        return [.. specs.SelectMany(spec => spec.Labels.SelectMany(label => spec.Trainers.Select(trainer => spec with
        {
            Trainer = trainer,
            // A trial's own parameters are its trainer's defaults, but for the section's own trainer.
            Parameters = trainer == spec.Trainer ? spec.Parameters : new Dictionary<string, string>(),
            Label = label,
            // The section's own, unless that cannot use what a model of this label predicts.
            Rule = spec.Rule.Takes(label.Meaning) ? spec.Rule : EntryRuleReader.Default(label.Kind, costPercent),
            Strategies = [.. plan.Instances.Where(i => spec.Covers(i)
                && specs.First(s => s == spec || s.IsOfRisk == spec.IsOfRisk && s.Covers(i)) == spec).Select(i => i.Id)],
        }))).Where(trial => trial.Strategies.Count > 0)];
    }

    /// <summary>The trades of the strategies whose trades are learned, without models; null where none are.</summary>
    public static Task<StrategyTrades?> TradesAsync(IReadOnlyList<LearningSpec> sections, OpenedBatch opened, IBatchHost host,
        CancellationToken cancellationToken) => UnitPreparation.TradesAsync(opened.Plan, opened.Markets, host,
            i => sections.Any(s => s.IsOfOneStrategy && s.Covers(i)), cancellationToken);
}
