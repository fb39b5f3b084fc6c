using System.Text;
using Granary.Application.Batches;
using Granary.Application.Runs;
using Granary.Application.Simulation;
using Granary.Testing;

namespace Granary.Application.Tests.Batches;

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

    private Task<BatchRun> RunAsync(BatchSpec spec, string name, RunningStrategies? running) =>
        new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, name), Running = running });
}
