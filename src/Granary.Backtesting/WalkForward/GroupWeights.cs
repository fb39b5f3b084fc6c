using Granary.Engine.Portfolio;
using Granary.Learning.Reinforcement.Policies;
using Granary.Modelling.Allocation;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.WalkForward;

/// <summary>Weights of a walk-forward's groups, learned by policies.</summary>
/// <param name="Source">The weights of the strategies over time.</param>
/// <param name="Learned">The training outcome; null if no policy could be trained.</param>
/// <param name="Notes">Notes for the reader of the run.</param>
internal sealed record GroupWeights(IWeightSource Source, AllocatorOutcome? Learned, IReadOnlyList<RunNote> Notes)
{
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
    public double LastOf(int group) => Learned is { Weights: var weights } && Array.IndexOf(weights.Units.Indices, group) is var at and >= 0
        ? weights.Last[at] : 0;

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
