using Granary.Engine;
using Granary.Engine.Portfolio;
using Granary.Modelling.Allocation;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Weighting;

/// <summary>Chooses weights by the rules <c>ppo</c> and <c>adaptive</c>, or by a policy of a production configuration.</summary>
internal static class AllocatorWeights
{
    /// <summary>Whether policies decide the batch's weights.</summary>
    public static bool IsFor(BatchPlan plan) => plan.Spec.Portfolio.Rule is WeightMethods.Ppo or WeightMethods.Adaptive
        || plan.Spec.Portfolio.Policy is not null;

    /// <summary>Trains policies on the batch's own past and returns the weights that they decide.</summary>
    /// <param name="events">Events of the strategies. It also receives the events of the runs that the portfolio follows instead.</param>
    /// <exception cref="InputException">The batch has more strategies than a policy can weigh.</exception>
    public static async Task<WeightChoice> ChooseAsync(BatchPlan plan, IReadOnlyDictionary<int, StrategyOutcome> outcomes,
        IReadOnlyDictionary<string, OpenedMarket> markets, EventLog events, AllocatorCall call, CancellationToken cancellationToken)
    {
        if (plan.Spec.Portfolio.Policy is { } policy) return await FollowAsync(plan, policy, markets, events, call, cancellationToken);
        var identical = IdenticalResults.Of(plan, outcomes);
        int[] strategies = [.. plan.Instances.Select(i => i.Index)
            .Where(i => outcomes.GetValueOrDefault(i)?.Trace is not null && identical.IsFirst(i))];
        var input = new AllocatorInput(plan, AllocationUnits.Of(plan, strategies), [.. strategies.Select(i => outcomes[i].Trace!)],
            units => ReadAsync(plan, markets, events, units, call.Threads, cancellationToken),
            units => AllocationHistory.StressedAsync(plan, markets, units.Indices, call.Threads, cancellationToken))
        {
            Threads = call.Threads,
            Progress = call.Progress,
            Checkpoints = call.Checkpoints,
        };
        var (outcome, why) = await AllocatorLearning.RunAsync(input, cancellationToken);
        if (outcome is null)
            return new WeightChoice(new double[plan.Instances.Count])
            {
                Schedule = new WeightSchedule(plan.Instances.Count),
                Notes = [new RunNote(NoteCode.Weights, why)],
            };
        return Of(plan, outcome) with { Notes = NotesOf(outcome) };
    }

    /// <summary>Notes for the report; none if the weights are promoted.</summary>
    public static IReadOnlyList<RunNote> NotesOf(AllocatorOutcome outcome) =>
        outcome.Result is not { IsPromoted: false } result ? [] : [new RunNote(NoteCode.Weights, NotPromoted(result))];

    private static string NotPromoted(AllocatorResult result)
    {
        var worst = result.Improvements.Concat(result.StressedImprovements).MinBy(i => i.Probability.Low);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"The learned weights are not promoted: the lower bound of their probability of improvement over {worst.Baseline} is "
                + $"{worst.Probability.Low:0.00}, at stressed costs included, and more than 0.50 is needed. Trade another rule.");
    }

    // If a strategy's account was short of cash, the portfolio follows another run of it. The policy's account follows the same run.
    private static async Task<AllocationHistory> ReadAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets,
        EventLog events, AllocationUnits units, int threads, CancellationToken cancellationToken)
    {
        var members = new double[plan.Instances.Count];
        foreach (var strategy in units.Indices) members[strategy] = 1;
        await MemberRuns.RunAsync(plan, markets, members, events, new EmbeddedHost(threads), cancellationToken);
        return await AllocationHistory.ReadAsync(plan, markets, events, units.Indices, cancellationToken);
    }

    // The first version decides from the first row on. A version that replaces it decides from the next row on.
    private static async Task<WeightChoice> FollowAsync(BatchPlan plan, PolicyPlan policies,
        IReadOnlyDictionary<string, OpenedMarket> markets, EventLog events, AllocatorCall call, CancellationToken cancellationToken)
    {
        var units = AllocationUnits.Of(plan, policies);
        var history = await ReadAsync(plan, markets, events, units, call.Threads, cancellationToken);
        var view = history.View(units, [.. Enumerable.Repeat(1.0, units.Count)]);
        var rows = history.Timeline.Rows;
        var account = new AllocationAccount(history.Timeline, plan, history.Instruments, units, Math.Max(1, rows));
        var versions = new PolicyFollower(policies, p => new PolicyDecider(plan, view.Observer, units, p));
        var (weights, steps) = (new double[units.Count], new List<WeightStep>());
        if (rows > 0) account.Start(0);
        while (account.Row < rows)
        {
            var (time, isNew) = (history.Timeline.TimeOf(account.Row), versions.MoveTo(history.Timeline.TimeOf(account.Row)));
            versions.Decider.Decide(view.MarketsAt(account.Row), account.Run, weights, weights);
            if (isNew) steps.Add(new WeightStep(time, [.. units.Indices.Select((u, i) => (u, weights[i])).Where(w => w.Item2 != 0)]));
            account.Decide(weights);
        }
        return Of(plan, new AllocatorOutcome(null, account.Weights, versions.Used) { Steps = steps }) with { Notes = versions.Notes };
    }

    private static WeightChoice Of(BatchPlan plan, AllocatorOutcome outcome)
    {
        var (weights, last) = (outcome.Weights, new double[plan.Instances.Count]);
        for (var u = 0; u < weights.Units.Count; u++) last[weights.Units.Indices[u]] = weights.Last[u];
        return new WeightChoice(last)
        {
            Schedule = weights,
            From = weights.First,
            History = outcome.Steps,
            Allocator = outcome,
        };
    }
}
