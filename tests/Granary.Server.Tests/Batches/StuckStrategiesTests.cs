using System.Text;
using Granary.Backtesting.Runs;
using Granary.Contracts.Jobs;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Server.JobKinds;
using Granary.Server.Jobs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Server.Tests.Batches;

/// <summary>Does not return from its constructor or from a bar; only for tests.</summary>
[Strategy("Does not return from a bar if it is asked to; only for tests.")]
public sealed class NeverReturning([Range(0, 10_000)] int at = 0) : Strategy
{
    private int _bars;

    public override void OnBar(StrategyContext bar)
    {
        if (++_bars == at) Thread.Sleep(Timeout.Infinite);
        if (_bars % 40 == 0) bar.Go(Side.Buy);
        else if (_bars % 40 == 20) bar.Exit();
    }
}

public sealed class StuckStrategiesTests : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-stuck-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Text(int at)
    {
        var bars = Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h");
        return $$"""
            { "name": "stuck", "data": { "source": "csv:{{bars}}", "symbols": ["ACME", "COINUSDT"], "timeframe": "1h" },
              "outputs": ["results"],
              "strategies": [ { "class": "NeverReturning", "params": { "at": {{at}} } }, { "class": "SmaCross" } ] }
            """;
    }

    private Task<BatchRun> RunAsync(int at) => new BatchRunner(new EmbeddedHost(2) { Deadline = s_deadline }, TimeProvider.System).RunAsync(
        new BatchReader(TestCatalogues.All).Read("stuck.json", Encoding.UTF8.GetBytes(Text(at)), Path.GetTempPath()),
        new BatchOptions { Out = Path.Combine(_folder, $"run-{at}") });

    [Fact]
    public async Task A_strategy_that_does_not_return_from_a_bar_fails_its_batch_by_its_name()
    {
        var fault = await Should.ThrowAsync<StuckStrategyException>(() => RunAsync(at: 100));
        fault.Message.ShouldMatch(@"^the strategy NeverReturning\(at=100\)@(ACME|COINUSDT):1h did not return from a block of bars within "
            + "1 s; correct its code, and run the batch again$");
    }

    [Fact]
    public async Task A_strategy_that_returns_is_not_accused_however_many_blocks_it_takes()
    {
        var run = await RunAsync(at: 0);
        run.Model.Strategies.ShouldAllBe(s => s.Error == null);
    }

    [Fact]
    public void A_constructor_that_does_not_return_is_named()
    {
        var fault = Should.Throw<StuckStrategyException>(() => StrategyWatch.Run("Waiter(stuck=1)", "its constructor", () =>
        {
            Thread.Sleep(Timeout.Infinite);
            return 0;
        }, s_deadline));
        fault.Message.ShouldStartWith("the strategy Waiter(stuck=1) did not return from its constructor within 1 s");
        Should.Throw<ArgumentException>(() => StrategyWatch.Run<int>("x", "its constructor", () => throw new ArgumentException("no")));
        StrategyWatch.Run("x", "its constructor", () => 7).ShouldBe(7);
    }

    [Fact]
    public void Looks_at_a_thread_are_counted_and_not_the_time_that_a_suspended_process_loses()
    {
        var watch = new StrategyWatch();
        var deadline = 3 * StrategyWatch.Interval;
        watch.Enter("A");
        watch.Look(deadline).ShouldBeNull();
        watch.Look(deadline).ShouldBeNull();
        watch.Look(deadline).ShouldBeNull();
        watch.Look(deadline).ShouldBe("A");
        watch.Enter("A");
        watch.Look(deadline).ShouldBeNull();
        watch.Leave();
        for (var i = 0; i < 9; i++) watch.Look(deadline).ShouldBeNull();
    }

    [Fact]
    public async Task A_job_with_a_strategy_that_does_not_return_ends_as_failed_before_its_server_ends_and_is_not_run_again()
    {
        var runs = Path.Combine(_folder, "runs");
        var kinds = KnownJobs.Of(TestCatalogues.All, runs);
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        string id;
        var runner = new HostedRunner(new EmbeddedHost(1) { Deadline = s_deadline }, TimeProvider.System, 1, runs);
        var handlers = new JobFaultHandlers(ThreadLost: (job, e) => ended.TrySetResult($"{job}: {e.Message}"));
        await using (var jobs = new LocalJobs(runs, runner, kinds, TimeProvider.System, new LocalJobsOptions { Handlers = handlers }))
        {
            var job = kinds.Read(new JobText(JobCatalogue.Backtest, Encoding.UTF8.GetBytes(Text(100)), "stuck.json", _folder));
            id = (await jobs.SubmitAsync(new JobSubmission(job, "test"))).Job.Id;
            (await ended.Task.WaitAsync(Eventually.Longest)).ShouldStartWith($"{id}: the strategy NeverReturning(at=100)");
            (await jobs.FindAsync(id))!.State.ShouldBe(JobState.Failed);
        }
        await using var restarted = new LocalJobs(runs, new HostedRunner(new EmbeddedHost(1), TimeProvider.System, 1, runs), kinds,
            TimeProvider.System);
        var status = (await restarted.FindAsync(id))!;
        (status.State, status.WrongInput).ShouldBe((JobState.Failed, false));
        status.Fault.ShouldNotBeNull().ShouldContain("did not return from a block of bars");
    }
}
