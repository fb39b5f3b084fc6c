using Granary.Modelling.Allocation;
using Granary.Reinforcement.Policies;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Tests.Allocation;

public class NoTradeBandTests
{
    [Fact]
    public void Weights_stay_until_the_sum_of_changes_exceeds_the_band()
    {
        double[] weights = [0.5, 0.3];
        NoTradeBand.Replace(weights, [0.52, 0.27], 0.06).ShouldBeFalse();
        weights.ShouldBe([0.5, 0.3]);
        NoTradeBand.Replace(weights, [0.52, 0.26], 0.05).ShouldBeTrue();
        weights.ShouldBe([0.52, 0.26]);
        NoTradeBand.Replace(weights, [0.52, 0.2599], 0).ShouldBeTrue();
        NoTradeBand.Replace(weights, [0.52, 0.2599], 0).ShouldBeFalse();
    }

    [Fact]
    public async Task An_allocator_of_strategies_that_only_pay_costs_loses_less_than_half_of_equal_weights_on_unseen_rows()
    {
        // Prices without drift, and a cost of 1 % for each trade of strategies that trade often.
        using var batch = new AllocationBatch(0, 0);
        var spec = batch.Spec("", """
            { "class": "SmaCross", "params": { "fast": 2, "slow": [5, 8] }, "sides": "both", "size": { "percentOfEquity": 90 } }
            """, commission: 1);
        var run = await batch.RunAsync(spec, TestContext.Current.CancellationToken);
        int[] strategies = [.. run.Plan.Instances.Select(i => i.Index)];
        var view = run.History.View(AllocationUnits.Of(run.Plan, strategies), [.. strategies.Select(_ => 1.0)]);
        var allocator = new AllocatorSpec { Episode = 100 };
        var growth = Enumerable.Range(1, 8).Select(seed => AllocatorTraining.Growth(view,
            AllocatorTraining.Train(view, allocator, (0, 700), seed, null, TestContext.Current.CancellationToken).Policy,
            allocator.Band, (700, 1000))).ToList();
        var equal = AllocatorTraining.Growth(view, [.. strategies.Select(_ => 1.0 / strategies.Length)], 700, 1000);
        equal.ShouldBeLessThan(-0.2);
        growth.Average().ShouldBeGreaterThan(equal / 2);
    }
}
