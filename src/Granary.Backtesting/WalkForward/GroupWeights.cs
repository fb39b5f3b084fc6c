using Granary.Engine;
using Granary.Engine.Portfolio;
using Granary.Learning.Reinforcement.Policies;
using Granary.Modelling.Allocation;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Backtesting.WalkForward;

/// <summary>Weights of a walk-forward's groups, learned by policies or chosen by an allocation method.</summary>
/// <param name="Source">The weights of the strategies over time.</param>
/// <param name="Learned">The training outcome; null for another rule, or if no policy could be trained.</param>
/// <param name="Notes">Notes for the reader of the run.</param>
internal sealed record GroupWeights(IWeightSource Source, AllocatorOutcome? Learned, IReadOnlyList<RunNote> Notes)
{
    /// <summary>The choices of an allocation method, by group; null for another rule.</summary>
    public WeightChoice? Chosen { get; init; }

    /// <summary>The allocation method of the plan for its groups; null for another rule.</summary>
    /// <exception cref="InputException">The bounds contradict one another, or there are too many groups.</exception>
    public static AllocationRule? RuleOf(BatchPlan plan, IEnumerable<ChoosingGroup> groups) =>
        plan.Spec.Portfolio is { Rule: { } rule } portfolio && WeightMethods.IsAllocation(rule)
            ? new AllocationRule(rule, portfolio.Rebalance ?? RebalanceSpec.Default, portfolio,
                [.. groups.Select(g => g.FirstSymbol(plan))])
            : null;

    /// <summary>Chooses weights from the past of the groups' stitched accounts, which are already out of sample.</summary>
    public static GroupWeights Choose(WalkForwardInput input, AllocationRule rule, IReadOnlyList<ChoiceGroup> groups)
    {
        var plan = input.Plan;
        var choice = ScheduledWeights.ByAllocation(rule, [.. groups.Select((g, i) => (i, g.Trace)).Where(g => g.Trace is not null)
            .Select(g => (g.i, g.Trace!))], groups.Count, plan.Spec.Portfolio.Rebalance ?? RebalanceSpec.Default);
        var source = new WeightSchedule(plan.Instances.Count) { Begin = new StitchedPortfolio(input).Begin };
        var (weights, byTime) = (new double[groups.Count], choice.History);
        foreach (var step in byTime)
        {
            Array.Clear(weights);
            foreach (var (group, weight) in step.Chosen) weights[group] = weight;
            for (var g = 0; g < groups.Count; g++)
                foreach (var member in groups[g].Members) source.Set(member.Index, step.Time, weights[g]);
        }
        return new GroupWeights(source, null, choice.Notes) { Chosen = choice };
    }

    /// <summary>Trains policies on the groups' stitched accounts, which are already out of sample.</summary>
    /// <param name="runs">The runs by group, in order of time.</param>
    /// <param name="stressedAsync">Returns the runs with doubled costs and orders delayed by one bar.</param>
    public static async Task<GroupWeights> LearnAsync(WalkForwardInput input, IReadOnlyList<ChoiceGroup> groups,
        IReadOnlyList<IReadOnlyList<AccountRun>> runs, Func<WalkForwardInput, Task<IReadOnlyList<AccountRun>[]>> stressedAsync,
        CancellationToken cancellationToken)
    {
        var plan = input.Plan;
        int[] traced = [.. Enumerable.Range(0, groups.Count).Where(g => groups[g].Trace is not null)];
        var units = new AllocationUnits(plan, traced, [.. traced.Select(g => groups[g].Name)],
            [.. traced.Select(g => (IReadOnlyList<int>)[.. groups[g].Members.Select(m => m.Index)])]);
        var portfolio = new StitchedPortfolio(input);
        var learning = new AllocatorInput(plan, units, [.. traced.Select(g => groups[g].Trace!)],
            some => portfolio.ReadAsync(runs, some, cancellationToken), async some =>
            {
                var stressed = input with { Plan = plan.Stressed() };
                return await new StitchedPortfolio(stressed).ReadAsync(await stressedAsync(stressed), some, cancellationToken);
            })
        { Threads = input.Threads };
        var (outcome, why) = await AllocatorLearning.RunAsync(learning, cancellationToken);
        if (outcome is null)
            return new GroupWeights(new WeightSchedule(plan.Instances.Count) { Begin = portfolio.Begin }, null,
                [new RunNote(NoteCode.Weights, why)]);
        outcome.Weights.Begin = portfolio.Begin;
        return new GroupWeights(outcome.Weights, Renamed(outcome, groups), AllocatorWeights.NotesOf(outcome));
    }

    /// <summary>Returns the last weight of a group; 0 if none was decided.</summary>
    /// <param name="group">The group's index.</param>
    public double LastOf(int group) => Chosen is not null ? Chosen.Last[group]
        : Learned is { Weights: var weights } && Array.IndexOf(weights.Units.Indices, group) is var at and >= 0 ? weights.Last[at] : 0;

    /// <summary>Whether the last policy weighs strategies, so that a production configuration can use it.</summary>
    public bool IsForProduction(IReadOnlyList<ChoiceGroup> groups) => Learned is { Policies: [.., var last] }
        && !last.Names.Any(n => groups.Any(g => g.Name == n));

    // A production configuration has the groups' last selections, so its policy uses their ids.
    private static AllocatorOutcome Renamed(AllocatorOutcome outcome, IReadOnlyList<ChoiceGroup> groups)
    {
        var last = outcome.Policies[^1];
        var chosen = last.Names.Select(name => groups.First(g => g.Name == name)).Select(g => (Group: g, g.Choices[^1].Strategy)).ToList();
        if (chosen.Any(c => c.Strategy < 0)) return outcome;
        var policy = new WeightPolicy([.. chosen.Select(c => c.Group.Members.First(m => m.Index == c.Strategy).Id)],
            [.. last.BaseWeights], outcome.Result!.Windows[^1].Seeds[outcome.Result.Windows[^1].Chosen].Policy, last.Band);
        return outcome with { Policies = [.. outcome.Policies.SkipLast(1), policy] };
    }
}
