using System.Text;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Modelling.Learning;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Testing;

namespace Granary.Modelling.Tests.Learning;

/// <summary>A training that ends after the maintenance window of its schedule changes no current version.</summary>
public sealed class PromotionUntilTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-until-").FullName;
    private readonly ManualClock _clock = new();

    public PromotionUntilTests() => LeadingMarket.Write(_folder, 600);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<LearningReport> TrainAsync(string feature, DateTimeOffset? until) =>
        await new LearnBatch(new EmbeddedHost(2), _clock, 2) { PromoteUntil = until }.TrainAsync(
            new BatchReader(TestCatalogues.All).Read("batch.json", Encoding.UTF8.GetBytes($$"""
                { "name": "late", "data": { "source": "csv:.", "symbols": ["FOLLOW"], "timeframe": "1h" },
                  "strategies": [ { "class": "SmaCross", "params": { "fast": 1, "slow": 2 }, "size": { "cash": 1000 } } ],
                  "learning": { "name": "gate", "trainer": "logistic", "features": ["{{feature}}"],
                    "label": { "kind": "direction", "bars": 1 }, "walkForward": { "train": 200, "test": 200 } } }
                """), _folder));

    [Fact]
    public async Task A_late_version_is_registered_with_the_reason_and_a_training_in_time_promotes_it()
    {
        var registry = new ModelRegistry(new FileModelStore(Path.Combine(_folder, "models")), ModelKindCatalogue.BuiltIn);
        var now = _clock.GetUtcNow();
        var first = await TrainAsync("return(1)", now);
        first.Problems.ShouldNotContain(p => p.Contains("not promoted"));
        var name = first.Units.Single().Name;
        registry.Pointer(name).Current.ShouldBe(1);

        var late = await TrainAsync("rsi(14)", now.AddSeconds(-1));
        (registry.Numbers(name).Count, registry.Pointer(name).Current).ShouldBe((2, 1));
        late.Problems.ShouldContain($"{name}:2 was trained after {now.AddSeconds(-1).UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, the end of the "
            + "schedule's window, and not promoted; a later training promotes it, or 'granary models promote'.");

        (await TrainAsync("rsi(14)", null)).Problems.ShouldNotContain(p => p.Contains("not promoted"));
        (registry.Numbers(name).Count, registry.Pointer(name).Current).ShouldBe((2, 2));
        // It is current already: there is nothing that it was too late for.
        (await TrainAsync("rsi(14)", now.AddSeconds(-1))).Problems.ShouldNotContain(p => p.Contains("not promoted"));
    }
}
