using Granary.Engine;
using Granary.Engine.Analysis;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Allocation;
using Granary.Modelling.Allocation;
using Granary.Modelling.Weighting;
using Granary.Reinforcement.Policies;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary.Backtesting.WalkForward;

/// <summary>Weights of a walk-forward's groups, learned by policies or chosen over time by a rule.</summary>
/// <param name="Source">The weights of the strategies over time.</param>
/// <param name="Learned">The training outcome; null for a different rule, or if no policy could be trained.</param>
/// <param name="Notes">Notes for the reader of the run.</param>
internal sealed record GroupWeights(IWeightSource Source, AllocatorOutcome? Learned, IReadOnlyList<RunNote> Notes)
{
    /// <summary>The choices of a rule, by group; null if policies have learned the weights.</summary>
    public WeightChoice? Chosen { get; init; }

    /// <summary>Refuses weights that a walk-forward cannot follow.</summary>
    /// <exception cref="InputException">The portfolio has such weights.</exception>
    public static void Check(PortfolioSpec portfolio)
    {
        var over = string.Join(", ", [WeightMethods.Equal, WeightMethods.Score, WeightMethods.MatchingPursuit, .. AllocationMethods.All]);
        // A backtest compares all rules within these bounds; a walk-forward follows one.
        foreach (var (key, bound) in portfolio.Place?.Find("rebalance")?.Members ?? [])
            if (portfolio.Rule is { } rule && !RebalanceSpec.IsReadBy(rule, key))
                throw bound.Fault($"a walk-forward with the weights '{rule}' does not read it; leave it out, or name a rule that does");
        if (portfolio.Place?.Find("weights") is not { } weights) return;
        if (portfolio.FixedWeights is not null)
            throw weights.Fault("the weights of single strategies are given, and a walk-forward weighs groups whose windows choose their "
                + $"strategies; name a rule: {over}");
        if (portfolio.Rule == WeightMethods.Regime)
            throw weights.Fault("'regime' weighs strategies by their trades in a state of the market, and a walk-forward weighs groups by "
                + $"their equity; name one of {over}");
    }

    /// <summary>Returns the weights that a walk-forward follows: winners are chosen from the past, also without <c>rebalance</c>.</summary>
    public static PortfolioSpec Followed(PortfolioSpec portfolio) =>
        portfolio is { Rule: WeightMethods.Winners, Rebalance: null } && portfolio.Place?.Find("weights") is not null
            ? portfolio with { Rebalance = RebalanceSpec.Default } : portfolio;

    /// <summary>The allocation method of the plan for its groups; null for a different rule.</summary>
    /// <exception cref="InputException">The bounds contradict one another, or there are too many groups.</exception>
    public static AllocationRule? RuleOf(BatchPlan plan, IEnumerable<ChoosingGroup> groups) =>
        plan.Spec.Portfolio is { Rule: { } rule } portfolio && WeightMethods.IsAllocation(rule)
            ? new AllocationRule(rule, portfolio.Rebalance ?? RebalanceSpec.Default, portfolio,
                [.. groups.Select(g => g.FirstSymbol(plan))])
            : null;

    /// <summary>Chooses weights from the past of the groups' stitched accounts, which are already out of sample.</summary>
    public static GroupWeights Choose(WalkForwardInput input, IReadOnlyList<ChoiceGroup> groups)
    {
        var (plan, spec) = (input.Plan, input.Plan.Spec.Portfolio.Rebalance ?? RebalanceSpec.Default);
        List<(int Unit, EquityTrace Trace)> traces = [.. groups.Select((g, i) => (i, g.Trace)).Where(g => g.Trace is not null)
            .Select(g => (g.i, g.Trace!))];
        var choice = RuleOf(plan, input.Groups()) is { } allocation
            ? ScheduledWeights.ByAllocation(allocation, traces, groups.Count, spec)
            : ScheduledWeights.ByRule(plan.Spec.Portfolio.Rule!, traces, (groups.Count, 0), spec);
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

    /// <summary>Whether the last policy weighs strategies, so a production configuration can use it.</summary>
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
