using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Numerics;
using Granary.Engine.Portfolio;
using Granary.Modelling.Allocation;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Modelling.Tests.Allocation;

public class AllocationAccountTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\"limits\": { \"maxSymbolPercent\": 20, \"maxGrossPercent\": 45, \"maxPositions\": 3 }")]
    [InlineData("\"limits\": { \"maxSymbolPercent\": 20, \"maxGrossPercent\": 30, \"enforce\": \"every-bar\" }")]
    public async Task The_equity_of_the_environment_is_that_of_the_backtest_with_the_same_weights_to_the_bit(string portfolio)
    {
        using var batch = new AllocationBatch(0.0006, 0, -0.0003);
        var run = await batch.RunAsync(batch.Spec(portfolio), TestContext.Current.CancellationToken);
        int[] strategies = [.. run.Plan.Instances.Select(i => i.Index)];
        var timeline = run.History.Timeline;
        var view = run.History.View(AllocationUnits.Of(run.Plan, strategies), [.. strategies.Select(_ => 1.0)]);
        var environment = new AllocationEnvironment(view, new AllocatorSpec(), 0, timeline.Rows, timeline.Rows);
        var schedule = new WeightSchedule(strategies.Length);
        var random = new PortableRandom(1);
        environment.Reset(ref random);
        var equity = new Dictionary<long, double>();
        var action = new double[environment.Actions.Choices];
        while (environment.Account.Row < timeline.Rows - 1)
        {
            var sum = 0.0;
            for (var i = 0; i < action.Length; i++) sum += action[i] = random.NextDouble();
            for (var i = 0; i < action.Length; i++) action[i] /= sum;
            var row = environment.Account.Row;
            environment.Step(action, ref random);
            for (var i = 0; i < strategies.Length; i++)
                schedule.Set(strategies[i], timeline.TimeOf(row), environment.Account.Weights.Last[i]);
            equity.Add(timeline.StampOf(row + 1), environment.Account.Run.Equity);
        }

        var pass = new PortfolioPass(run.Plan, run.Log, [.. strategies.Select(_ => 1.0)], run.History.Instruments, schedule);
        var rows = new Dictionary<long, double>();
        await pass.RunAsync(run.Bars(), r => rows[r.Time] = r.Equity, null, new FeedClock(Timeframe.D1),
            TestContext.Current.CancellationToken);
        equity.Count.ShouldBeGreaterThan(900);
        equity.Values.Distinct().Count().ShouldBeGreaterThan(800, "the account trades");
        foreach (var (time, value) in equity) value.ShouldBe(rows[time], new DateTime(time).ToString("yyyy-MM-dd"));
    }

    [Fact]
    public async Task A_copy_of_the_state_goes_on_with_the_same_rewards()
    {
        using var batch = new AllocationBatch(0.0006, 0);
        var run = await batch.RunAsync(batch.Spec(""), TestContext.Current.CancellationToken);
        int[] strategies = [.. run.Plan.Instances.Select(i => i.Index)];
        var view = run.History.View(AllocationUnits.Of(run.Plan, strategies), [.. strategies.Select(_ => 1.0)]);
        AllocationEnvironment Make() => new(view, new AllocatorSpec(), 100, 800, 120);
        var (first, second) = (Make(), Make());
        var random = new PortableRandom(4);
        first.Reset(ref random);
        var action = new double[first.Actions.Choices];
        Array.Fill(action, 1.0 / action.Length);
        for (var i = 0; i < 60; i++) first.Step(action, ref random);
        var state = new double[first.StateSize];
        first.CopyState(state);
        second.SetState(state);
        for (var i = 0; i < 60; i++) second.Step(action, ref random).ShouldBe(first.Step(action, ref random));
        first.Account.Row.ShouldBe(second.Account.Row);
    }

    [Fact]
    public async Task Each_rows_return_belongs_to_the_window_that_decides_the_row()
    {
        using var batch = new AllocationBatch(0.0006);
        var run = await batch.RunAsync(batch.Spec(""), TestContext.Current.CancellationToken);
        int[] strategies = [.. run.Plan.Instances.Select(i => i.Index)];
        var view = run.History.View(AllocationUnits.Of(run.Plan, strategies), [.. strategies.Select(_ => 1.0)]);
        var rows = view.Timeline.Rows;
        // One market: the growths of windows that follow each other add up to that of the record.
        (view.MarketGrowth(0, 300) + view.MarketGrowth(300, 301) + view.MarketGrowth(301, rows))
            .ShouldBe(view.MarketGrowth(0, rows), 1e-12);
        view.MarketGrowth(0, rows).ShouldBe(view.MarketGrowth(0, rows - 1), "the last row has no return");

        // One account that is moved from window to window earns the sum of them; so does one that holds nothing.
        AllocatorTraining.Growth(view, new double[view.Units.Count], 10, 20).ShouldBe(0);
        var account = new AllocationAccount(view.Timeline, view.Plan, view.Instruments, view.Units, 20);
        account.Start(10);
        var start = account.Run.Equity;
        double[] equal = [.. strategies.Select(_ => 1.0 / strategies.Length)];
        while (account.Row < 30) account.Decide(equal);
        AllocatorTraining.Growth(view, equal, 10, 30).ShouldBe(Math.Log(account.Run.Equity / start));

        // A training that ends at the close of the first validation row decides the rows before it.
        var spec = new AllocatorSpec();
        var cut = AllocatorTraining.ValidationOf(spec, 100, 120);
        cut.ShouldBe(100 + (int)(20 * spec.TrainingShare) - 1);
        var environment = new AllocationEnvironment(view, spec, 100, cut + 1, 50);
        var random = new PortableRandom(2);
        environment.Reset(ref random);
        environment.Account.Row.ShouldBe(100);
        var action = new double[environment.Actions.Choices];
        Array.Fill(action, 1.0 / action.Length);
        while (!environment.Step(action, ref random).Truncated)
        {
        }
        environment.Account.Row.ShouldBe(cut);
    }

    [Fact]
    public async Task An_observation_depends_on_no_later_bar()
    {
        using var batch = new AllocationBatch(0.0006, 0);
        var run = await batch.RunAsync(batch.Spec(""), TestContext.Current.CancellationToken);
        int[] strategies = [.. run.Plan.Instances.Select(i => i.Index)];
        var timeline = run.History.Timeline;
        var observer = new AllocationObserver(run.Plan, run.History.Instruments, AllocationUnits.Of(run.Plan, strategies));
        var view = run.History.View(AllocationUnits.Of(run.Plan, strategies), [.. strategies.Select(_ => 1.0)]);
        var account = new AllocationAccount(timeline, run.Plan, run.History.Instruments, AllocationUnits.Of(run.Plan, strategies), 10);
        var (expected, seen) = (new double[observer.Size], new double[observer.MarketSize]);
        // An observer that was given the steps up to the row alone, as a live session gives them.
        timeline.Replay(0, timeline.DecisionOf(500), observer);
        observer.ObserveMarkets(seen);
        account.Start(500);
        view.Observe(account, expected);
        seen.ShouldBe(expected[..seen.Length]);
        seen.Count(v => v != 0).ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task A_step_allocates_nothing_once_the_lists_of_the_episode_have_grown()
    {
        using var batch = new AllocationBatch(0.0006, 0, -0.0003);
        var run = await batch.RunAsync(batch.Spec("\"limits\": { \"maxGrossPercent\": 80 }"), TestContext.Current.CancellationToken);
        int[] strategies = [.. run.Plan.Instances.Select(i => i.Index)];
        var view = run.History.View(AllocationUnits.Of(run.Plan, strategies), [.. strategies.Select(_ => 1.0)]);
        var environment = new AllocationEnvironment(view, new AllocatorSpec(), 0, 800, 790);
        var random = new PortableRandom(4);
        double[] action = new double[environment.Actions.Choices], observation = new double[environment.ObservationSize];
        Array.Fill(action, 1.0 / action.Length);
        environment.Reset(ref random);
        var allocated = new List<long>();
        for (var i = 0; i < 780; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            environment.Observe(observation);
            environment.Step(action, ref random);
            allocated.Add(GC.GetAllocatedBytesForCurrentThread() - before);
        }
        environment.Account.Run.Accepted.ShouldBeGreaterThan(50, "the steps trade");
        // Each strategy has a list of answers, which doubles its size ever more seldom.
        allocated.Skip(390).Count(a => a > 0).ShouldBeLessThan(2 * strategies.Length);
    }
}
