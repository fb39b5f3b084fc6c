using System.Text;
using Granary.Backtesting.Runs;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Regimes;

public sealed class ModelStatesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-states-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_model_learns_from_the_states_of_declared_machines()
    {
        var spec = new BatchReader(TestCatalogues.All).Read("test.json", Encoding.UTF8.GetBytes($$"""
            { "name": "test", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples", "data", "1h")}}", "symbols":
              ["COINUSDT"], "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": 20 } } ],
              "regimes": { "machines": [ { "name": "noise", "measure": "natr(14)", "states": ["calm", "wild"], "steps": [{ "up": 1,
                "down": 0.8 }] } ] },
              "learning": { "name": "gate", "trainer": "logistic", "features": ["state(noise)", "state(noise).age", "rsi(14)"],
                "label": "direction", "registry": "{{_folder}}/models",
                "walkForward": { "train": 100, "test": 60 }, "apply": { "rule": "gate", "buyAbove": 0.5, "sellBelow": 0.5 } } }
            """), _folder);
        var run = await new BatchRunner(new EmbeddedHost(2), TimeProvider.System).RunAsync(spec,
            new BatchOptions { Out = Path.Combine(_folder, "run"), Validation = false });
        run.Model.Strategies[0].Error.ShouldBeNull();
        run.Model.Section<LearningReport>()!.ToJson().ShouldContain("state(noise)");
        run.Model.Strategies[0].Model.ShouldNotBeNull();
    }
}
