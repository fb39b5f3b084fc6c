using System.Text;
using Granary.Backtesting.Runs;
using Granary.Contracts.Batches;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Batches;

/// <summary>Single strategies of a batch that runs in this process.</summary>
public sealed class StoppedStrategiesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-stopped-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_stopped_strategy_fails_with_the_callers_name_and_the_others_have_their_results()
    {
        var bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars");
        var spec = new BatchReader(TestCatalogues.All).Read("stopped.json", Encoding.UTF8.GetBytes($$"""
            { "name": "stopped", "data": { "source": "csv:{{bars}}", "symbols": ["alpha-daily"], "timeframe": "1d" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 10, 20], "slow": 50 }, "size": { "units": 10 } } ] }
            """), _folder);
        var plan = BatchPlan.Make(spec, ["alpha-daily"]);
        string[] ids = [.. plan.Instances.Select(i => i.Id)];
        var running = new RunningStrategies();
        running.Find(ids[0]).ShouldBeNull();
        running.Begin(plan);
        running.Find(ids[1])!.State.ShouldBe(StrategyPhase.Waiting);
        running.Stop(ids[1], BatchStrategy.StoppedBy("anna"))!.Id.ShouldBe(ids[1]);
        running.Stop("Nothing()@alpha-daily:1d", "").ShouldBeNull();

        var whole = await RunAsync(spec, "whole", null);
        var run = await RunAsync(spec, "stopped", running);
        run.Model.Strategies.Select(s => (s.Id, s.Error)).ShouldBe([(ids[0], null), (ids[1], "stopped by anna"), (ids[2], null)]);
        foreach (var id in new[] { ids[0], ids[2] })
        {
            var (mine, alone) = (run.Model.Strategies.Single(s => s.Id == id), whole.Model.Strategies.Single(s => s.Id == id));
            mine.Stats!.FinalEquity.ShouldBe(alone.Stats!.FinalEquity);
            var ended = running.Find(id)!;
            (ended.State, ended.Trades, ended.Equity).ShouldBe((StrategyPhase.Done, alone.Stats.Trades, alone.Stats.FinalEquity));
        }
        (running.Find(ids[1])!.State, running.Find(ids[1])!.Error).ShouldBe((StrategyPhase.Failed, "stopped by anna"));
        // What has ended stays as it is.
        running.Stop(ids[0], "stopped by ben")!.State.ShouldBe(StrategyPhase.Done);
    }

    public enum Moment
    {
        Waiting,
        InItsLastBlock,
        BeforeTheSecondPass,
    }

    // Stops a strategy at a moment of a run. Without events a second pass of the members gives the portfolio its trades.
    private sealed class StoppingHost(RunningStrategies running, string id, Moment moment) : IBatchHost
    {
        public int Passes { get; private set; }

        public StrategyPhase? Answer { get; private set; }

        public string Description => "embedded";

        private void Stop() => Answer ??= running.Stop(id, BatchStrategy.StoppedBy("anna"))?.State;

        public async Task RunAsync(StrategyPass pass, CancellationToken cancellationToken)
        {
            if (++Passes == (moment == Moment.BeforeTheSecondPass ? 2 : 1) && moment != Moment.InItsLastBlock) Stop();
            // The second pass has events for the portfolio, which a listener would take.
            await new EmbeddedHost(1)
            {
                ListenerOf = moment != Moment.InItsLastBlock || Passes > 1 ? null
                    : (instance, _) => new StopsAtItsFirstSignal(instance.Id == id ? Stop : static () => { }),
            }.RunAsync(pass, cancellationToken);
        }
    }

    // The bars are one block, behind which there is no other one that the strategy could fail at.
    private sealed class StopsAtItsFirstSignal(Action stop) : IRunListener
    {
        public RunEventKinds Kinds => RunEventKinds.Signal;

        public void On(in RunEvent e) => stop();
    }

    [Theory]
    [InlineData(Moment.Waiting, true)]
    [InlineData(Moment.InItsLastBlock, true)]
    [InlineData(Moment.BeforeTheSecondPass, false)]
    public async Task A_stop_holds_for_every_pass_or_for_none(Moment moment, bool stops)
    {
        var bars = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "synthetic", "bars");
        var spec = new BatchReader(TestCatalogues.All).Read("passes.json", Encoding.UTF8.GetBytes($$"""
            { "name": "passes", "data": { "source": "csv:{{bars}}", "symbols": ["alpha-daily"], "timeframe": "1d" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 10], "slow": 50 }, "size": { "percentOfEquity": 40 } } ],
              "portfolio": { "weights": "equal" }, "outputs": ["results", "prod"] }
            """), _folder);
        var id = BatchPlan.Make(spec, ["alpha-daily"]).Instances[1].Id;
        async Task<BatchRun> StoppedAsync(Moment at, string name)
        {
            var running = new RunningStrategies();
            var host = new StoppingHost(running, id, at);
            var stopped = await new BatchRunner(host, TimeProvider.System).RunAsync(spec,
                new BatchOptions { Out = Path.Combine(_folder, name), Running = running, Validation = false });
            host.Passes.ShouldBe(2);
            (host.Answer == StrategyPhase.Done).ShouldBe(at == Moment.BeforeTheSecondPass);
            return stopped;
        }
        var run = await StoppedAsync(moment, "run");
        run.Model.Strategies.Single(s => s.Id == id).Error.ShouldBe(stops ? "stopped by anna" : null);
        var prod = File.ReadAllText(Path.Combine(run.Folder, "prod.json"));
        prod.Contains(id, StringComparison.Ordinal).ShouldBe(!stops);
        // Whenever the stop came that counts, the run is the same.
        var whole = await RunAsync(spec, "whole", null);
        var expected = stops ? (await StoppedAsync(Moment.Waiting, "expected")).Model : whole.Model;
        run.Model.Digest.ShouldBe(expected.Digest);
        run.Model.Portfolio!.FinalEquity.ShouldBe(expected.Portfolio!.FinalEquity);
        (run.Model.Digest == whole.Model.Digest).ShouldBe(!stops);
    }

    private Task<BatchRun> RunAsync(BatchSpec spec, string name, RunningStrategies? running) =>
        new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, name), Running = running });
}
