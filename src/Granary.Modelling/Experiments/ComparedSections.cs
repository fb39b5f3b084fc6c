using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Experiments;

/// <summary>Expands an experiment into one learning section per trainer and label.</summary>
internal static class ComparedSections
{
    /// <param name="strategies">The number of strategies to use, counted from the first one of the batch; null = all.</param>
    /// <returns>Sections in the order in which the comparison tries them.</returns>
    public static IReadOnlyList<LearningSpec> Of(BatchPlan plan, int? strategies)
    {
        var specs = LearnBatch.Specs(plan, strategies, inWindows: true);
        var costPercent = plan.Spec.Execution.CommissionPercent + plan.Spec.Execution.SlippagePercent;
        return [.. specs.SelectMany(spec => spec.Labels.SelectMany(label => spec.Trainers.Select(trainer => spec with
        {
            Trainer = trainer,
            // The section's parameters belong to its own trainer; every other trainer uses its defaults.
            Parameters = trainer == spec.Trainer ? spec.Parameters : new Dictionary<string, string>(),
            Label = label,
            // The section's own rule, unless that rule cannot use predictions of this label.
            Rule = spec.Rule.Takes(label.Meaning) ? spec.Rule : EntryRules.Default(label.Kind, costPercent),
            Strategies = [.. plan.Instances.Where(i => spec.Covers(i)
                && specs.First(s => s == spec || s.IsOfRisk == spec.IsOfRisk && s.Covers(i)) == spec).Select(i => i.Id)],
        }))).Where(trial => trial.Strategies.Count > 0)];
    }

    /// <summary>Returns the trades of strategies without models if a section learns from trades; otherwise null.</summary>
    public static Task<StrategyTrades?> TradesAsync(IReadOnlyList<LearningSpec> sections, OpenedBatch opened, IBatchHost host,
        CancellationToken cancellationToken) => UnitPreparation.TradesAsync(opened.Plan, opened.Markets, host,
            i => sections.Any(s => s.IsOfOneStrategy && s.Covers(i)), cancellationToken);
}
